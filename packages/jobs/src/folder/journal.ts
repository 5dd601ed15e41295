import { type FileHandle, open, readFile } from "node:fs/promises";
import { writeWhole } from "@sunstep/files/node";

/** An append-only file of JSON lines, each a `Line`. */
export interface Journal<Line> {
  /** Resolves when the line is on the disk. Lines that are given at the same time are written and flushed together. */
  append(line: Line): Promise<void>;
  /** Replaces all lines, whole or not at all. */
  rewrite(lines: readonly Line[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a journal and reads its lines, which are as an earlier process appended them. A last line that was cut off, as by
 * `kill -9`, is left out.
 */
export async function openJournal<Line>(
  path: string,
): Promise<{ journal: Journal<Line>; lines: readonly Line[] }> {
  const text = await readFile(path, "utf8").catch(() => "");
  const lines = text.split("\n").flatMap((line) => readLine<Line>(line));
  await writeWhole(path, lines.map(textOf).join(""));
  let file: FileHandle = await open(path, "a");
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  const flush = async () => {
    next = undefined;
    const batch = waiting.join("");
    waiting = [];
    await file.appendFile(batch);
    await file.datasync();
  };
  /** Runs after the work before it, even if that failed. */
  const inTurn = (work: () => Promise<void>) => {
    const done = writing.then(work);
    writing = done.catch(() => undefined);
    return done;
  };
  const journal: Journal<Line> = {
    append(line) {
      waiting.push(textOf(line));
      next ??= inTurn(flush);
      return next;
    },
    rewrite: (all) =>
      inTurn(async () => {
        await file.close();
        await writeWhole(path, all.map(textOf).join(""));
        file = await open(path, "a");
      }),
    close: () => inTurn(() => file.close()),
  };
  return { journal, lines };
}

const textOf = (line: unknown) => `${JSON.stringify(line)}\n`;

function readLine<Line>(line: string): Line[] {
  if (line === "") return [];
  try {
    return [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}

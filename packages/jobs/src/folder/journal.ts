import { type FileHandle, open, readFile } from "node:fs/promises";
import { writeWhole } from "@sunstep/files/node";
import type { Json } from "../json.js";

/** An append-only file of JSON lines. */
export interface Journal {
  /** Resolves when the line is on the disk. Lines that are given at the same time are written and flushed together. */
  append(line: unknown): Promise<void>;
  /** Replaces all lines, whole or not at all. */
  rewrite(lines: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens a journal and reads its lines. A last line that was cut off, as by `kill -9`, is left out. */
export async function openJournal(path: string): Promise<{ journal: Journal; lines: readonly Json[] }> {
  const text = await readFile(path, "utf8").catch(() => "");
  const lines = text.split("\n").flatMap((line) => readLine(line));
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
  const journal: Journal = {
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

function readLine(line: string): Json[] {
  if (line === "") return [];
  try {
    return [JSON.parse(line) as Json];
  } catch {
    return [];
  }
}

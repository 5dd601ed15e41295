import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.js";

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

export const isPng = (bytes: Buffer) => bytes.subarray(0, PNG.length).equals(PNG);

/** Returns the text of a consumer's program. */
export const readProgram = (place: string) => readFileSync(join(place, "program.js"), "utf8");

/** Runs Node in a folder, where it must leave the named images, or any. Returns a problem, if any. */
export async function runNode(
  place: string,
  args: readonly string[],
  names?: readonly string[],
  input?: string,
): Promise<string | undefined> {
  const { ok, output } = await command(process.execPath, args, place, input === undefined ? {} : { input });
  if (!ok) return `it fails:\n${output}`;
  const images = readdirSync(place).filter((file) => file.endsWith(".png"));
  const missing = (names ?? ["a PNG"])
    .slice(names ? 0 : images.length)
    .filter((name) => !images.includes(name));
  if (missing.length > 0) return `it does not write ${missing.join(", ")}:\n${output}`;
  const broken = images.filter((file) => !isPng(readFileSync(join(place, file))));
  return broken.length > 0 ? `${broken.join(", ")}: not a PNG` : undefined;
}

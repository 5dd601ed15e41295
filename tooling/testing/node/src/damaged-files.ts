import { SunstepError, type SunstepErrorLike, type SunstepWarning } from "@sunstep/errors";
import { type Damage, damaged, withRoom } from "./damage.js";

/** A safetensors file, and how a package opens it. */
export interface OpenedFile<Opened> {
  readonly file: Uint8Array;
  /** Messages of errors and warnings name the file. */
  readonly name: RegExp;
  open(file: Uint8Array<ArrayBuffer>): Promise<Opened>;
  /** Returns what was made of the file, for comparison. */
  contentOf(opened: Opened): unknown;
  /** Checks more about an error than that it is typed and names the file. */
  checkError?(error: SunstepErrorLike, damage: Damage): void;
}

/**
 * Opens a file with one thing changed, in as many ways as `count`. Each must end in a typed error or a warning that names
 * the file, or open as before. Returns the seeds of those that open as something else without a word.
 */
export async function silentDamages<Opened extends { readonly warnings: readonly SunstepWarning[] }>(
  damage: Damage,
  count: number,
  { file, name, open, contentOf, checkError }: OpenedFile<Opened>,
): Promise<readonly number[]> {
  const sound = withRoom(file);
  const before = await open(sound);
  if (before.warnings.length > 0) throw new Error(`the sound file: ${before.warnings[0]!.message}`);
  const content = JSON.stringify(contentOf(before));
  const silent: number[] = [];
  for (let seed = 0; seed < count; seed++) {
    const result = await open(damaged(sound, damage, seed)).catch((error: unknown) => ({ error }));
    if ("error" in result) {
      checkTyped(result.error, name, seed);
      checkError?.(result.error, damage);
      continue;
    }
    const [warning] = result.warnings;
    if (warning && !name.test(warning.message)) throw new Error(`${seed}: ${warning.message} names no file`);
    if (!warning && JSON.stringify(contentOf(result)) !== content) silent.push(seed);
  }
  return silent;
}

function checkTyped(error: unknown, name: RegExp, seed: number): asserts error is SunstepErrorLike {
  if (!SunstepError.isInstance(error))
    throw new Error(`${seed}: ${error instanceof Error ? error.stack : String(error)}`);
  if (!name.test(error.message)) throw new Error(`${seed}: ${error.message} names no file`);
}

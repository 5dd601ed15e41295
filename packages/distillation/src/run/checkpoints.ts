import { distillationError } from "../errors.js";
import type { RunFolder } from "./run-folder.js";
import { decodeRunState, encodeRunState, type RunState } from "./run-state.js";

/** Number of checkpoints to keep: if the newest is damaged, its predecessor remains. */
const KEPT = 2;
const checkpointName = /^step-(\d{8})\.safetensors$/;

/** File of the newest adapter, also of an unfinished run. */
const ADAPTER_FILE = "adapter.safetensors";

/** Returns the name of a step's files without the extension; names sort in the order of steps. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}

/** Lists the checkpoints of a folder, oldest first. */
export async function listCheckpoints(folder: RunFolder): Promise<string[]> {
  return (await folder.list()).filter((name) => checkpointName.test(name)).sort();
}

/** Writes a checkpoint and its adapter, then removes all but the newest checkpoints. */
export async function saveCheckpoint(
  folder: RunFolder,
  state: RunState,
  adapter: Uint8Array,
): Promise<string> {
  const name = `${stepName(state.training.step)}.safetensors`;
  await folder.write(name, encodeRunState(state));
  await folder.write(ADAPTER_FILE, adapter);
  for (const old of (await listCheckpoints(folder)).slice(0, -KEPT)) await folder.remove(old);
  return name;
}

/**
 * Loads the newest readable checkpoint. `onBroken` receives the error of each unreadable one.
 * @throws TRAINING_RESUME_NOT_FOUND, or TRAINING_RESUME_BROKEN if all are broken
 */
export async function loadCheckpoint(
  folder: RunFolder,
  onBroken: (error: Error) => void,
): Promise<{ readonly name: string; readonly state: RunState }> {
  let broken: Error | undefined;
  for (const name of (await listCheckpoints(folder)).reverse()) {
    try {
      const source = await folder.open(name);
      if (source) return { name, state: await decodeRunState(source) };
    } catch (error) {
      broken ??= error as Error;
      onBroken(error as Error);
    }
  }
  throw (
    broken ??
    distillationError("TRAINING_RESUME_NOT_FOUND", `${folder.name}: there is no checkpoint in it`, {
      folder: folder.name,
    })
  );
}

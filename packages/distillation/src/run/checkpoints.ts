import { distillationError } from "../errors.js";
import type { RunFolder } from "./run-folder.js";
import { decodeRunState, encodeRunState, type RunState } from "./run-state.js";

/** How many are kept: should the newest be damaged, there is one before it. */
const KEPT = 2;
const checkpointName = /^step-(\d{8})\.safetensors$/;

/** The newest adapter of a run that may not have come to its end. */
const ADAPTER_FILE = "adapter.safetensors";

/** What files of a step are called, but for their ending: in the order of the steps. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}

/** Checkpoints in a folder, oldest first. */
export async function listCheckpoints(folder: RunFolder): Promise<string[]> {
  return (await folder.list()).filter((name) => checkpointName.test(name)).sort();
}

/** Writes a checkpoint and the adapter as it is, then removes checkpoints that are no longer needed. */
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
 * The newest checkpoint that can be read. `onBroken` is told of those that cannot.
 * @throws TRAINING_RESUME_NOT_FOUND, or TRAINING_RESUME_BROKEN where there are only broken ones
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

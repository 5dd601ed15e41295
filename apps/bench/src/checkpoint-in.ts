import { existsSync } from "node:fs";
import { join } from "node:path";
import { type SyntheticCheckpoint, writeSyntheticCheckpoint } from "./synthetic-checkpoint.js";

/** Returns the checkpoint of SD1.5's size in a folder; writes it if it is not there. */
export async function checkpointIn(folder: string): Promise<SyntheticCheckpoint> {
  // Written last: it tells a whole checkpoint.
  const done = join(folder, "sun_adapter_sdv15_4step_addpos.safetensors");
  if (existsSync(done)) return { model: join(folder, "sd15"), taesd: join(folder, "taesd"), sun: done };
  console.log("Writing a checkpoint of SD1.5's size with random weights …");
  return writeSyntheticCheckpoint(folder);
}

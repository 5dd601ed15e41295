import { fileURLToPath } from "node:url";
import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { emojiDefaults, emojiModelUrl } from "@sunstep/emoji-model";
import type { Runtime } from "@sunstep/runtime";
import { openTextEncoders, type PipelineComponents } from "../src/index.js";

/** The components of the embedded model, over any runtime. */
export async function emojiComponents(runtime: Runtime): Promise<PipelineComponents> {
  const checkpoint = await openCheckpoint(await folderTree(fileURLToPath(emojiModelUrl)));
  return {
    ...checkpoint,
    runtime,
    textEncoders: await openTextEncoders(checkpoint),
    defaults: emojiDefaults,
  };
}

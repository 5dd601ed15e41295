import { fileURLToPath } from "node:url";
import { openCheckpoint, openSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { emojiDefaults, emojiModelUrl, emojiSunAdapterUrl } from "@sunstep/emoji-model";
import { fileSource } from "@sunstep/files/node";
import { openTextEncoders, Pipeline } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import { readSunAdapter, type SunAdapter } from "@sunstep/sun-adapter";

/** The embedded model as a pipeline, whose scheduler config has `changes`, and its SUN adapter. */
export async function emojiPipeline(
  runtime: Runtime,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<{ pipeline: Pipeline; adapter: SunAdapter }> {
  const checkpoint = await openCheckpoint(await folderTree(fileURLToPath(emojiModelUrl)));
  const pipeline = new Pipeline({
    ...checkpoint,
    schedulerConfig: { ...checkpoint.schedulerConfig, ...changes },
    runtime,
    textEncoders: await openTextEncoders(checkpoint),
    defaults: emojiDefaults,
  });
  const file = await openSafetensors(await fileSource(fileURLToPath(emojiSunAdapterUrl)));
  return { pipeline, adapter: readSunAdapter(file) };
}

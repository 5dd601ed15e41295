import { openCheckpoint } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import type { TrainedModel } from "@sunstep/distillation";
import { resolveModel } from "@sunstep/model-registry/node";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { listModels, openTokenizer } from "sunstep";
import type { CommandContext } from "./command.js";
import type { distillOptions, OptionValues } from "./options.js";
import { showDownload } from "./show-progress.js";

/** Opens a model to train an adapter for, on a runtime that the caller disposes of. */
export async function openTrainingModel(
  { model = "emoji", revision, offline, threads }: OptionValues<typeof distillOptions>,
  { console, signal }: CommandContext,
): Promise<TrainedModel> {
  const { kind, path } = await resolveModel(model, {
    revision,
    offline,
    signal,
    names: listModels(),
    onProgress: showDownload(console),
  });
  const checkpoint = await openCheckpoint(kind === "folder" ? folderTree(path) : await fileSource(path));
  const { unet, textEncoders, vae, schedulerConfig, warnings } = checkpoint;
  for (const { message } of warnings) console.note(`warning: ${message}`);
  const tokenizer = await openTokenizer(checkpoint);
  const runtime = await createNodeRuntime({ cache: false, ...(threads !== undefined && { threads }) });
  return { name: model, runtime, unet, textEncoders, vae, tokenizer, schedulerConfig };
}

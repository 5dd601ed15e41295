import { dirname } from "node:path";
import { openCheckpoint } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import type { TrainedModel } from "@sunstep/distillation";
import { resolveModel } from "@sunstep/model-registry/node";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { listModels, openTextEncoders } from "sunstep";
import type { CommandContext } from "./command.js";
import type { OptionValues } from "./option-specs.js";
import type { distillOptions } from "./options.js";
import { showDownload } from "./show-progress.js";

/** Opens a model to train an adapter for, on a runtime that the caller must dispose of. */
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
  const checkpoint = await (kind === "folder"
    ? openCheckpoint(folderTree(path))
    : openCheckpoint(await fileSource(path), { beside: folderTree(dirname(path)) }));
  for (const { message } of checkpoint.warnings) console.note(`warning: ${message}`);
  const textEncoders = await openTextEncoders(checkpoint);
  const runtime = await createNodeRuntime({ cache: false, ...(threads !== undefined && { threads }) });
  return { ...checkpoint, name: model, runtime, textEncoders };
}

import { basename, dirname, resolve } from "node:path";
import { openCheckpoint, openVae, type PredictionType } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import type { OptionValues } from "@sunstep/command-line";
import type { TrainedModel } from "@sunstep/distillation";
import { type ResolveOptions, resolveModel } from "@sunstep/model-registry/node";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { listModels, openTextEncoders } from "sunstep";
import type { CommandContext } from "./command.js";
import type { distillOptions } from "./options/options.js";
import { showDownload } from "./report/show-progress.js";

/** Opens a model to train an adapter for, on a runtime that the caller must dispose of. */
export async function openTrainingModel(
  { model = "emoji", revision, vae, prediction, offline, threads }: OptionValues<typeof distillOptions>,
  { console, signal }: CommandContext,
): Promise<TrainedModel> {
  const find = async (source: string, options: Pick<ResolveOptions, "revision" | "component"> = {}) => {
    const onProgress = showDownload(console);
    const { kind, path } = await resolveModel(source, {
      offline,
      signal,
      names: listModels(),
      onProgress,
      ...options,
    });
    return kind === "folder"
      ? { path, files: folderTree(path) }
      : { path, files: await fileSource(path), beside: folderTree(dirname(path)) };
  };
  const { path, files, beside } = await find(model, { revision });
  const otherVae =
    vae === undefined ? undefined : await openVae((await find(vae, { component: "vae" })).files);
  const checkpoint = await openCheckpoint(files, {
    ...(beside && { beside }),
    ...(otherVae && { vae: otherVae }),
    // Its value was checked.
    ...(prediction !== undefined && { predictionType: prediction as PredictionType }),
  });
  for (const { message } of [...(otherVae?.warnings ?? []), ...checkpoint.warnings])
    console.note(`warning: ${message}`);
  const textEncoders = await openTextEncoders(checkpoint);
  const runtime = await createNodeRuntime({ cache: false, ...(threads !== undefined && { threads }) });
  // The adapter's file names its model: a path would tell whoever gets the file about this machine.
  const name = resolve(path) === resolve(model) ? basename(path) : model;
  return { ...checkpoint, name, runtime, textEncoders };
}

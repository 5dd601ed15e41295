import { type RecognisedMethod, readDifference, recogniseFile } from "@sunstep/accelerations";
import {
  type AdaptableWeights,
  type Architecture,
  type ByteSource,
  type FileTree,
  openSafetensors,
} from "@sunstep/checkpoint";
import type { Lora } from "@sunstep/lora";

/** A LoRA, and the few-step method that it is of. */
export interface OpenedLora {
  readonly lora: Lora;
  readonly recognised?: RecognisedMethod;
}

export interface LoraModel {
  readonly weights: AdaptableWeights;
  readonly architecture: Architecture;
}

/**
 * Opens a LoRA, and recognises few-step methods.
 * @param source what it was given as
 * @throws SunstepError LORA_…, CHECKPOINT_…
 */
export async function openRecognisedLora(
  files: FileTree | ByteSource,
  source: string,
  { weights, architecture }: LoraModel,
  beside?: FileTree,
): Promise<OpenedLora> {
  const adapter = await onlyFile(files);
  const file = adapter && (await openSafetensors(adapter));
  const recognised =
    file &&
    (recogniseFile({ file, source, architecture }) ??
      recogniseFile({ file, source: file.source.name, architecture }));
  const lora =
    file && recognised?.method.form === "difference"
      ? await readDifference(file, weights)
      : await (await import("./lora-code.js")).openLora(files, weights, beside && { beside });
  return { lora, ...(recognised && { recognised }) };
}

/** The one .safetensors file of a folder. */
async function onlyFile(files: FileTree | ByteSource): Promise<ByteSource | undefined> {
  if ("read" in files) return files;
  const [path, ...others] = (await files.list()).filter((name) => /\.safetensors$/i.test(name));
  return path === undefined || others.length > 0 ? undefined : files.open(path);
}

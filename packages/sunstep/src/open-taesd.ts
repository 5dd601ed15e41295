import { type Architecture, type Component, openComponent, type TaesdConfig } from "@sunstep/checkpoint";
import type { PipelineComponents } from "@sunstep/pipeline";
import { sunstepError } from "./errors.js";
import type { Find } from "./find-files.js";
import type { LoadOptions } from "./load-options.js";
import { type ModelSource, nameOf } from "./model-source.js";

/** Names of the tiny autoencoders: latents of Stable Diffusion XL are others. */
const taesdNames: Readonly<Record<Architecture, string>> = { sd1: "taesd", sd2: "taesd", sdxl: "taesdxl" };

/**
 * Opens a requested TAESD eagerly so that errors surface while loading; the model's bundled one is opened lazily.
 * @throws SunstepError TAESD_IS_FILE
 */
export async function chooseTaesd(
  asked: LoadOptions["taesd"],
  bundled: ModelSource | undefined,
  architecture: Architecture,
  find: Find,
): Promise<PipelineComponents["taesd"]> {
  const source = asked === true ? (bundled ?? taesdNames[architecture]) : (asked ?? bundled);
  if (!source) return undefined;
  if (asked !== undefined) return openTaesd(source, find);
  let opened: Promise<Component<TaesdConfig>> | undefined;
  return () => {
    // The load's AbortSignal does not apply to this later open.
    opened ??= openTaesd(source, (wanted) => find(wanted, { signal: undefined })).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

async function openTaesd(source: ModelSource, find: Find): Promise<Component<TaesdConfig>> {
  const { files } = await find(source);
  if (!("read" in files)) return openComponent("taesd", files);
  const file = nameOf(source);
  throw sunstepError(
    "TAESD_IS_FILE",
    `${file} is a file: a tiny autoencoder is a folder with its config.json`,
    { file },
  );
}

import {
  type Architecture,
  type Checkpoint,
  type Component,
  openTaesd,
  type TaesdConfig,
  vaeScaleFactor,
} from "@sunstep/checkpoint";
import type { PipelineComponents } from "@sunstep/pipeline";
import { sunstepError } from "../errors.js";
import type { Find } from "./find-files.js";
import type { LoadOptions } from "./load-options.js";
import { type ModelSource, nameOf } from "./model-source.js";

/** Names of the tiny autoencoders: latents of Stable Diffusion XL are others. */
const taesdNames: Readonly<Record<Architecture, string>> = { sd1: "taesd", sd2: "taesd", sdxl: "taesdxl" };

/**
 * Opens a requested TAESD eagerly so that errors surface while loading; the model's bundled one is opened lazily.
 * @throws SunstepError TAESD_OTHER_MODEL, codes of `checkpointErrors` and `registryErrors`
 */
export async function chooseTaesd(
  asked: LoadOptions["taesd"],
  bundled: ModelSource | undefined,
  model: Pick<Checkpoint, "architecture" | "vae">,
  find: Find,
): Promise<PipelineComponents["taesd"]> {
  const source = asked === true ? (bundled ?? taesdNames[model.architecture]) : (asked ?? bundled);
  if (!source) return undefined;
  if (asked !== undefined) return findTaesd(source, model, find);
  let opened: Promise<Component<TaesdConfig>> | undefined;
  return () => {
    // The load's AbortSignal does not apply to this later open.
    opened ??= findTaesd(source, model, (wanted) => find(wanted, { signal: undefined })).catch(
      (error: unknown) => {
        opened = undefined;
        throw error;
      },
    );
    return opened;
  };
}

async function findTaesd(
  source: ModelSource,
  { architecture, vae }: Pick<Checkpoint, "architecture" | "vae">,
  find: Find,
): Promise<Component<TaesdConfig>> {
  const { files, beside } = await find(source);
  const taesd = await openTaesd(files, beside && { beside });
  const { latent_channels: channels, num_decoder_blocks: stages } = taesd.config;
  const scale = 2 ** (stages.length - 1);
  const [wantedChannels, wantedScale] = [vae.config.latent_channels, vaeScaleFactor(vae.config)];
  if (channels === wantedChannels && scale === wantedScale) return taesd;
  throw sunstepError(
    "TAESD_OTHER_MODEL",
    `${nameOf(source)}: this tiny autoencoder decodes ${channels} channels to ${scale} times their size, the model's VAE ` +
      `${wantedChannels} to ${wantedScale} times. It is made for another kind of model; for this one take ${taesdNames[architecture]}`,
    { channels, scale },
  );
}

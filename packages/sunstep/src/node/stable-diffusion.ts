import { readLora } from "@sunstep/checkpoint";
import { emojiDefaults } from "@sunstep/emoji-model";
import { type ResolvedModel, type ResolveOptions, resolveModel } from "@sunstep/model-registry/node";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { sunstepError } from "../errors.js";
import { ImageGenerator, type Platform } from "../image-generator.js";
import { emojiFolder, ownModels } from "./builtin-emoji.js";
import type { FromPretrainedOptions } from "./from-pretrained-options.js";
import { openAdapterFile, openModelFiles, openTaesd, openTokenizer } from "./open-files.js";
import { writePng } from "./write-file.js";

export class StableDiffusion extends ImageGenerator {
  /**
   * Loads a model: a name of `listModels()`, a diffusers folder, one .safetensors file, an https URL or a hub id
   * `owner/name[@revision][:path]`. Weights stay in their files. Default: the embedded model of emoji.
   * @throws SunstepError: codes of `registryErrors`, `checkpointErrors`, `sunstepErrors` and the backend
   */
  static async fromPretrained(
    model = "emoji",
    options: FromPretrainedOptions = {},
  ): Promise<StableDiffusion> {
    const { device, threads, cache, signal, taesd, sun, loras = [] } = options;
    const resolve = (source: string, extra: ResolveOptions = {}) =>
      findFiles(source, { ...resolveOptions(options), ...extra });
    // It starts while the files are looked for.
    const starting = createNodeRuntime({
      ...(device !== undefined && { device }),
      ...(threads !== undefined && { threads }),
      ...(cache !== undefined && { cache }),
    });
    starting.catch(() => undefined);
    try {
      const found = await resolve(model, { revision: options.revision, variant: options.variant });
      const checkpoint = await openModelFiles(found, options);
      const tokenizer = await openTokenizer(checkpoint);
      const taesdName = taesd === true ? "taesd" : taesd || undefined;
      const generator = new StableDiffusion(
        {
          name: model,
          checkpoint,
          tokenizer,
          taesd: taesdName === undefined ? undefined : await openTaesd(await resolve(taesdName)),
          defaults: found.path === emojiFolder ? emojiDefaults : {},
          runtime: await starting,
        },
        nodePlatform(resolve),
      );
      if (sun !== undefined) await generator.loadSun(sun, { ...(signal && { signal }) });
      for (const lora of loras) {
        const { path, ...rest } = typeof lora === "string" ? { path: lora } : lora;
        await generator.loadLora(path, { ...rest, ...(signal && { signal }) });
      }
      return generator;
    } catch (error) {
      starting.then((runtime) => runtime.dispose()).catch(() => undefined);
      throw error;
    }
  }
}

type Resolve = (source: string, options?: ResolveOptions) => Promise<ResolvedModel>;

function nodePlatform(resolve: Resolve): Platform {
  return {
    openSun: async (source, signal) =>
      readSunAdapter(await openAdapterFile(await resolve(source, { signal }))),
    openLora: async (source, { unet, textEncoder }, signal) => {
      const file = await openAdapterFile(await resolve(source, { signal }));
      return readLora(file, { unet: unet.weights, textEncoder: textEncoder.weights });
    },
    writeFile: writePng,
  };
}

function resolveOptions({ offline, token, signal, onProgress }: FromPretrainedOptions): ResolveOptions {
  return { offline, token, signal, onProgress, names: ownModels };
}

async function findFiles(source: string, options: ResolveOptions): Promise<ResolvedModel> {
  try {
    return await resolveModel(source, options);
  } catch (error) {
    if (!options.signal?.aborted) throw error;
    throw sunstepError("LOAD_ABORTED", `loading ${source} was cancelled`, { cause: error });
  }
}

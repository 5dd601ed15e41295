import { blobSource, blobTree } from "@sunstep/checkpoint";
import { emojiDefaults, emojiModelFiles, emojiSunAdapterUrl } from "@sunstep/emoji-model/files";
import { resolveWebModel } from "@sunstep/model-registry/web";
import { createWebRuntime, type WebDevice } from "@sunstep/runtime-web";
import type { FromPretrainedOptions } from "../from-pretrained-options.js";
import { ImageGenerator } from "../image-generator.js";
import { type Loader, loadGenerator } from "../load-generator.js";
import type { ModelSource } from "../model-source.js";
import { savePng } from "./save-png.js";

export class StableDiffusion extends ImageGenerator {
  /**
   * Loads a model: the address of a .safetensors file or of a diffusers folder (with a slash at its end); a File, or
   * the files of a folder. Weights are read from them as they are needed. Default: the embedded model of emoji.
   * @throws SunstepError: codes of `registryErrors`, `checkpointErrors`, `sunstepErrors` and the backend
   */
  static fromPretrained(
    model: ModelSource = "emoji",
    options: FromPretrainedOptions = {},
  ): Promise<StableDiffusion> {
    return loadGenerator(model, options, webLoader(options), (...parts) => new StableDiffusion(...parts));
  }
}

function webLoader(options: FromPretrainedOptions): Loader {
  const { device, threads, wasmPaths, onProgress } = options;
  return {
    startRuntime: () =>
      createWebRuntime({
        // A device of Node is refused, by name, as one that there is not.
        ...(device !== undefined && { device: device as WebDevice }),
        ...(threads !== undefined && { threads }),
        ...(wasmPaths !== undefined && { wasmPaths }),
      }),
    async find(source, { variant, signal }) {
      const found = await resolveWebModel(source, {
        variant,
        signal,
        onProgress,
        names: { emoji: emojiModelFiles },
      });
      if (found.kind === "file") return { files: blobSource(found.blob, found.name) };
      const embedded = { defaults: emojiDefaults, sun: emojiSunAdapterUrl.href };
      return { files: blobTree(found.files), ...(source === "emoji" && embedded) };
    },
    writeFile: savePng,
  };
}

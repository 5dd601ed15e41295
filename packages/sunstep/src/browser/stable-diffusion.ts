import { blobSource, blobTree } from "@sunstep/checkpoint";
import {
  emojiDefaults,
  emojiModelFiles,
  emojiSunAdapterUrl,
  emojiTinyAutoencoderFiles,
} from "@sunstep/emoji-model/files";
import { resolveWebModel } from "@sunstep/model-registry/web";
import { createWebRuntime, type WebDevice } from "@sunstep/runtime-web";
import { sunstepError } from "../errors.js";
import { EMOJI_ADAPTER, EMOJI_TAESD } from "../loading/emoji-entry.js";
import { loadModel } from "../loading/load-model.js";
import type { ModelSource } from "../loading/model-source.js";
import type { Platform } from "../loading/platform.js";
import { type FromPretrainedOptions, SunModel } from "../sun-model.js";
import { savePng } from "./save-png.js";

export class StableDiffusion extends SunModel {
  /**
   * Loads a model: a name of `listModels()`, the address of a .safetensors file, or of a folder of diffusers or of
   * ONNX graphs on the page's own server (with a slash at its end), a hub id `owner/name[@revision][:path]`; a File, or
   * the files of a folder. Weights are read as they are needed. Default: the embedded model of emoji.
   * @throws SunstepError: codes of `registryErrors`, `checkpointErrors`, `sunstepErrors` and the backend
   */
  static fromPretrained(
    model: ModelSource = "emoji",
    options: FromPretrainedOptions = {},
  ): Promise<StableDiffusion> {
    return loadModel(model, options, webPlatform(options), (parts) => new StableDiffusion(parts));
  }
}

function webPlatform(options: FromPretrainedOptions): Platform {
  const { device, threads, wasmPaths, token, onProgress } = options;
  return {
    startRuntime: () =>
      createWebRuntime({
        // The runtime rejects names of Node's devices (DEVICE_UNAVAILABLE).
        ...(device !== undefined && { device: device as WebDevice }),
        ...(threads !== undefined && { threads }),
        ...(wasmPaths !== undefined && { wasmPaths }),
      }),
    async find(source, { revision, variant, component, signal }) {
      const found = await resolveWebModel(source, {
        revision,
        variant,
        component,
        token,
        signal,
        onProgress,
        served: { emoji: emojiModelFiles, [EMOJI_TAESD]: emojiTinyAutoencoderFiles },
      });
      if (found.kind === "file") return { files: blobSource(found.blob, found.name) };
      const embedded = {
        defaults: emojiDefaults,
        adapter: { source: emojiSunAdapterUrl.href, name: EMOJI_ADAPTER },
        taesd: EMOJI_TAESD,
      };
      return { files: blobTree(found.files), ...(source === "emoji" && embedded) };
    },
    openFolder: async (path, option) => {
      throw sunstepError(
        "ADAPTER_FOLDER",
        `${option} ${path}: browsers open no paths; give the folder's files`,
        { path },
      );
    },
    writeFile: savePng,
  };
}

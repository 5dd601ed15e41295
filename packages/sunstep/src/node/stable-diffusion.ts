import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { resolveModel } from "@sunstep/model-registry/node";
import { createNodeRuntime, type NodeDevice } from "@sunstep/runtime-node";
import { sunstepError } from "../errors.js";
import { loadModel } from "../loading/load-model.js";
import type { ModelSource } from "../loading/model-source.js";
import type { Platform } from "../loading/platform.js";
import { type FromPretrainedOptions, SunModel } from "../sun-model.js";
import { emojiExtras, emojiFolder, findEmbedded, ownModels } from "./builtin-emoji.js";
import { writePng } from "./write-png.js";

export class StableDiffusion extends SunModel {
  /**
   * Loads a model: a name of `listModels()`, a diffusers folder, one .safetensors file, an https URL or a hub id
   * `owner/name[@revision][:path]`. Weights stay in their files. Default: the embedded model of emoji.
   * @throws SunstepError: codes of `registryErrors`, `checkpointErrors`, `sunstepErrors` and the backend
   */
  static fromPretrained(
    model: ModelSource = "emoji",
    options: FromPretrainedOptions = {},
  ): Promise<StableDiffusion> {
    return loadModel(model, options, nodePlatform(options), (parts) => new StableDiffusion(parts));
  }
}

function nodePlatform(options: FromPretrainedOptions): Platform {
  const { device, threads, cache, offline, token, onProgress } = options;
  return {
    startRuntime: () =>
      createNodeRuntime({
        // The runtime rejects names of browsers' devices (DEVICE_UNAVAILABLE).
        ...(device !== undefined && { device: device as NodeDevice }),
        ...(threads !== undefined && { threads }),
        ...(cache !== undefined && { cache }),
      }),
    async find(source, { revision, variant, component, signal }) {
      const embedded = findEmbedded(source, component);
      if (embedded) {
        onProgress?.({ status: "ready", name: source });
        return embedded;
      }
      const { kind, path } = await resolveModel(source, {
        offline,
        token,
        signal,
        onProgress,
        revision,
        variant,
        component,
        names: ownModels,
      });
      return {
        ...(kind === "folder"
          ? { files: folderTree(path) }
          : { files: await fileSource(path), beside: folderTree(dirname(path)) }),
        ...(path === emojiFolder && emojiExtras),
      };
    },
    async openFolder(path, option) {
      const info = await stat(path).catch(() => undefined);
      if (info?.isDirectory()) return folderTree(path);
      throw sunstepError("ADAPTER_FOLDER", `${option} ${path}: there is no such folder`, { path });
    },
    writeFile: writePng,
  };
}

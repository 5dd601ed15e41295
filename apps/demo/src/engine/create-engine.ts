// The worker's side: holds the model, uses sunstep as any app would, and gives the page plain data.

import { abortedError, SunstepError } from "@sunstep/errors";
import { detectDevices, StableDiffusion } from "sunstep";
import { isWashedOut } from "../state/draft.js";
import type { ModelInfo } from "../state/model.js";
import { downloadProgress, runProgress } from "../state/progress.js";
import { warmUpMeter } from "../state/warm-up.js";
import type { EngineMethods, Opened, RecognisedFile } from "./engine.js";
import { openedFiles, recogniseFile } from "./recognise-file.js";
import { sumOfFiles } from "./sum-of-files.js";
import * as sun from "./sun.js";

export function createEngine(): EngineMethods {
  let model: StableDiffusion | undefined;
  let hasTinyAutoencoder = false;
  let isWarm = warmUpMeter();
  /** `adapter`: the name of the LoRA or embedding, for the files that are one. */
  let files: readonly (RecognisedFile & { readonly adapter?: string })[] = [];

  async function addFile(file: File, adapter: string): Promise<void> {
    const recognised = await recogniseFile(file);
    const others = files.filter((other) => other.kind !== recognised.kind || other.adapter !== adapter);
    files = [...others, { ...recognised, adapter }];
  }

  function removeFile(kind: string, adapter: string): void {
    files = files.filter((other) => other.kind !== kind || other.adapter !== adapter);
  }

  function current(): StableDiffusion {
    if (model) return model;
    throw new SunstepError("MODEL_MISSING", "No model is open");
  }

  function info(): ModelInfo {
    const { model: name, architecture, backend, loras, embeddings, warnings } = current();
    // The settings have steps of their own, with an acceleration and without one.
    const { steps: _, ...defaults } = current().defaults;
    const acceleration = sun.accelerationOf(current());
    const methods = sun.otherMethods(current());
    return {
      name,
      architecture,
      backend,
      defaults,
      loras,
      embeddings,
      files,
      warnings: warnings.map(({ message }) => message),
      ...(acceleration && { acceleration }),
      ...(methods.length > 0 && { methods }),
    };
  }

  return {
    devices: async () => detectDevices(),

    async open(what, { signal, emit }) {
      let downloaded = 0;
      const opened = await StableDiffusion.fromPretrained(sourceOf(what), {
        ...(what.device === "wasm-int8" ? { device: "wasm", dtype: "int8" } : { device: what.device }),
        ...(what.source.kind === "folder" && { name: what.source.name }),
        ...sun.loadOptions(what.ownAcceleration),
        signal,
        onProgress: sumOfFiles((loaded, total) => {
          downloaded = loaded;
          emit(downloadProgress(loaded, total));
        }, expectedBytes(what)),
      });
      if (signal.aborted) {
        await opened.dispose();
        throw abortedError(signal, "opening the model was cancelled");
      }
      await model?.dispose();
      model = opened;
      isWarm = warmUpMeter();
      hasTinyAutoencoder = what.source.kind === "embedded";
      files = await openedFiles(what.source, downloaded);
      return info();
    },

    recognise: recogniseFile,

    async addAcceleration(file) {
      await sun.addAcceleration(current(), file);
      files = [...files.filter(({ kind }) => kind !== "acceleration"), await recogniseFile(file)];
      return info();
    },

    async removeAcceleration() {
      await sun.removeAcceleration(current());
      files = files.filter(({ kind }) => kind !== "acceleration");
      return info();
    },

    async addLora({ file, scale }) {
      const lora = await current().loadLora(file, { scale });
      await addFile(file, lora);
      return info();
    },

    async scaleLora({ name, scale }) {
      await current().setLoraScale(name, scale);
      return info();
    },

    async removeLora(name) {
      await current().unloadLora(name);
      removeFile("lora", name);
      return info();
    },

    async addEmbedding(file) {
      await addFile(file, await current().loadEmbedding(file));
      return info();
    },

    async removeEmbedding(name) {
      await current().unloadEmbedding(name);
      removeFile("embedding", name);
      return info();
    },

    async generate({ prompt, options, acceleration }, { signal, emit }) {
      const { images, evaluations, timings } = await current().generate(prompt, {
        ...options,
        ...(acceleration && sun.generateOptions(acceleration)),
        signal,
        onProgress(event) {
          const progress = runProgress(event, options.steps ?? 1);
          if (event.type !== "step") return emit({ progress });
          emit({ progress, preview: event.previews?.[0], washedOut: isWashedOut(event.timestep) });
        },
      });
      const { load, ...stages } = timings;
      const warm = isWarm({ loaded: load > 0, evaluations });
      const [image] = images;
      return {
        png: await image!.toBlob(),
        width: image!.width,
        height: image!.height,
        parameters: image!.parameters,
        evaluations,
        ...(warm && { milliseconds: Object.values(stages).reduce((sum, time) => sum + time, 0) }),
      };
    },

    async draft({ prompt, options, acceleration }, { signal }) {
      const { images, evaluations, timings } = await current().generate(prompt, {
        ...options,
        ...(acceleration && sun.generateOptions(acceleration)),
        ...(hasTinyAutoencoder && { decoder: "taesd" }),
        signal,
      });
      isWarm({ loaded: timings.load > 0, evaluations });
      const { width, height, channels, data } = images[0]!;
      return { width, height, channels, data };
    },

    // Read with a decoder that the page downloads with its first image.
    readImage: async (file) => (await import("./read-image.js")).readImage(file),
  };
}

/** Defined by the build. */
declare const EMBEDDED_BYTES: { readonly model: number; readonly acceleration: number };

/** Returns the bytes that opening will download; undefined for a model of the user's own. */
function expectedBytes({ source, ownAcceleration }: Opened): number | undefined {
  if (source.kind !== "embedded") return undefined;
  return EMBEDDED_BYTES.model + (ownAcceleration ? EMBEDDED_BYTES.acceleration : 0);
}

function sourceOf({ source }: Opened) {
  switch (source.kind) {
    case "embedded":
      return "emoji";
    case "listed":
      throw new SunstepError("MODEL_MISSING", `${source.name} is a model of a server`);
    case "file":
      return source.file;
    case "folder":
      return source.files;
  }
}

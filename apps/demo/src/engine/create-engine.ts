// The worker's side: holds the model, uses sunstep as any app would, and gives the page plain data.

import { abortedError, SunstepError } from "@sunstep/errors";
import { detectDevices, StableDiffusion } from "sunstep";
import type { ModelInfo } from "../state/model.js";
import { downloadProgress, runProgress } from "../state/progress.js";
import type { EngineMethods, Opened, RecognisedFile } from "./engine.js";
import { readImage } from "./read-image.js";
import { openedFiles, recogniseFile } from "./recognise-file.js";
import { sumOfFiles } from "./sum-of-files.js";

export function createEngine(): EngineMethods {
  let model: StableDiffusion | undefined;
  /** `lora`: the LoRA's name, for the files that are LoRAs. */
  let files: readonly (RecognisedFile & { readonly lora?: string })[] = [];

  function current(): StableDiffusion {
    if (model) return model;
    throw new SunstepError("MODEL_MISSING", "No model is open");
  }

  function info(): ModelInfo {
    const { model: name, architecture, backend, defaults, sun, loras, warnings } = current();
    return {
      name,
      architecture,
      backend,
      defaults,
      loras,
      files,
      warnings: warnings.map(({ message }) => message),
      ...(sun !== undefined && { sun }),
    };
  }

  return {
    devices: async () => detectDevices(),

    async open(what, { signal, emit }) {
      let downloaded = 0;
      const opened = await StableDiffusion.fromPretrained(sourceOf(what), {
        device: what.device,
        ...(what.source.kind === "folder" && { name: what.source.name }),
        ...(!what.ownSun && { sun: false }),
        signal,
        onProgress: sumOfFiles((loaded, total) => {
          downloaded = loaded;
          emit(downloadProgress(loaded, total));
        }),
      });
      if (signal.aborted) {
        await opened.dispose();
        throw abortedError(signal, "opening the model was cancelled");
      }
      await model?.dispose();
      model = opened;
      files = await openedFiles(what.source, downloaded);
      return info();
    },

    recognise: recogniseFile,

    async addSun(file) {
      await current().loadSun(file);
      files = [...files.filter(({ kind }) => kind !== "sun-adapter"), await recogniseFile(file)];
      return info();
    },

    async removeSun() {
      await current().unloadSun();
      files = files.filter(({ kind }) => kind !== "sun-adapter");
      return info();
    },

    async addLora({ file, scale }) {
      const lora = await current().loadLora(file, { scale });
      files = [...files.filter((other) => other.lora !== lora), { ...(await recogniseFile(file)), lora }];
      return info();
    },

    async scaleLora({ name, scale }) {
      await current().setLoraScale(name, scale);
      return info();
    },

    async removeLora(name) {
      await current().unloadLora(name);
      files = files.filter(({ lora }) => lora !== name);
      return info();
    },

    async generate({ prompt, options }, { signal, emit }) {
      const { images, evaluations, timings } = await current().generate(prompt, {
        ...options,
        signal,
        onProgress(event) {
          const preview = event.type === "step" ? event.previews?.[0] : undefined;
          emit({ progress: runProgress(event, options.steps ?? 1), preview });
        },
      });
      const { load, ...stages } = timings;
      const [image] = images;
      return {
        png: new Blob([new Uint8Array(image!.toPng())], { type: "image/png" }),
        width: image!.width,
        height: image!.height,
        parameters: image!.parameters,
        evaluations,
        milliseconds: Object.values(stages).reduce((sum, time) => sum + time, 0),
      };
    },

    readImage,
  };
}

function sourceOf({ source }: Opened) {
  switch (source.kind) {
    case "embedded":
      return "emoji";
    case "file":
      return source.file;
    case "folder":
      return source.files;
  }
}

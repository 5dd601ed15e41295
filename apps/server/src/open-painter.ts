import type { OptionValues } from "@sunstep/command-line";
import type { JobWorker, Offer } from "@sunstep/jobs";
import { type NodeDevice, StableDiffusion } from "sunstep";
import { checkSource } from "./library/check-source.js";
import { type Library, openLibrary } from "./library/library.js";
import type { serverOptions } from "./options.js";
import { ModelPool } from "./paint/model-pool.js";
import { painter } from "./paint/painter.js";

export type ServerValues = OptionValues<typeof serverOptions>;

/** Opens the worker of a process, with the models that its options name. */
export async function openPainter(
  values: ServerValues,
): Promise<{ worker: JobWorker; pool: ModelPool; library: Library }> {
  const { model = values.models === undefined ? ["emoji"] : [], models: modelFolder, vaes } = values;
  const { device, threads, sun, offline, "no-cache": noCache } = values;
  if (sun !== undefined) await checkSource(sun);
  const library = await openLibrary({
    models: model,
    modelFolder,
    loraFolder: values["lora-dir"],
    embeddingFolder: values["embedding-dir"],
    vaeFolder: vaes,
    controlnetFolder: values["controlnet-dir"],
  });
  const pool = new ModelPool(
    ({ model: name, vae }, signal) =>
      StableDiffusion.fromPretrained(library.model(name), {
        name,
        signal,
        ...(sun !== undefined && { sun }),
        ...library.folders,
        ...(vae !== undefined && { vae: library.vae(vae) }),
        ...(device !== undefined && { device: device as NodeDevice }),
        ...(threads !== undefined && { threads }),
        ...(offline && { offline }),
        ...(noCache && { cache: false }),
      }),
    values["keep-loaded"] ?? 1,
  );
  const offer = (): Offer => {
    const { catalogue } = library;
    return { models: catalogue.models.map(({ name }) => name), catalogue };
  };
  return { worker: painter(pool, library.controlnet, offer), pool, library };
}

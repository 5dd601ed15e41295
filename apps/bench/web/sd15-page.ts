// The measured page: opens a checkpoint of SD1.5's size in 8 bits on WebAssembly, and makes one step of an image.
import { StableDiffusion } from "sunstep";

export interface Sd15Times {
  readonly openMs: number;
  /** The first image: loading the networks, the text encoder, one evaluation of the U-Net, TAESD. */
  readonly firstMs: number;
  /** The same image again: one evaluation and TAESD. */
  readonly nextMs: number;
}

const query = new URLSearchParams(location.search);

/** Fetches files of a served folder, by their relative paths. */
async function fetched(folder: string, paths: readonly string[]): Promise<Record<string, File>> {
  const files = paths.map(async (path) => {
    const content = await (await fetch(`${folder}${path}`)).blob();
    return [path, new File([content], path.split("/").at(-1)!)] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

async function sd15(model: readonly string[], taesd: readonly string[]): Promise<Sd15Times> {
  const files = { model: await fetched("/sd15/", model), taesd: await fetched("/taesd/", taesd) };
  const begin = performance.now();
  const sd = await StableDiffusion.fromPretrained(files.model, {
    taesd: files.taesd,
    device: "wasm",
    dtype: "int8",
    threads: Number(query.get("threads")),
  });
  const openMs = performance.now() - begin;
  const timed = async () => {
    const start = performance.now();
    await sd.generate("a red apple", { seed: 1, steps: 1, guidanceScale: 1, decoder: "taesd" });
    return performance.now() - start;
  };
  const times = { openMs, firstMs: await timed(), nextMs: await timed() };
  await sd.dispose();
  return times;
}

export type MeasureSd15 = typeof sd15;

Object.assign(globalThis, { sd15 });

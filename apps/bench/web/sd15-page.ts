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

/** Files on the disk, which the browser reads when they are needed: fetched ones would be held in its memory. */
const input = document.createElement("input");
Object.assign(input, { type: "file", multiple: true });
document.body.append(input);

/** `model` and `taesd` are relative paths of the chosen files, in their order. */
async function sd15(model: readonly string[], taesd: readonly string[]): Promise<Sd15Times> {
  const chosen = Array.from(input.files ?? []);
  const named = (paths: readonly string[], first: number) =>
    Object.fromEntries(paths.map((path, i) => [path, chosen[first + i]!]));
  const begin = performance.now();
  const sd = await StableDiffusion.fromPretrained(named(model, 0), {
    taesd: named(taesd, model.length),
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

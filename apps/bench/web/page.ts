// The measured page: loads the emoji model, makes an image, then more of them.
import { StableDiffusion } from "sunstep";

const prompt = "a red apple";
let longestTask = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
}).observe({ type: "longtask", buffered: true });

async function first() {
  const query = new URLSearchParams(location.search);
  const sd = await StableDiffusion.fromPretrained("emoji", {
    device: "wasm",
    threads: Number(query.get("threads")),
  });
  const options = { seed: 1, steps: 4 };
  await sd.generate(prompt, options);
  return { sd, options, firstImageMs: performance.now(), longestTaskMs: longestTask };
}

const ready = first();

const benchPage = {
  /** Returns the milliseconds from page load to the first image, and the longest task of the main thread. */
  async first() {
    const { firstImageMs, longestTaskMs } = await ready;
    return { firstImageMs, longestTaskMs };
  },

  /** Returns the milliseconds of further images, and the longest task of the main thread during them. */
  async images(runs: number) {
    const { sd, options } = await ready;
    longestTask = 0;
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const begin = performance.now();
      await sd.generate(prompt, options);
      times.push(performance.now() - begin);
    }
    return { times, longestTaskMs: longestTask };
  },
};

export type BenchPage = typeof benchPage;

Object.assign(globalThis, { benchPage });

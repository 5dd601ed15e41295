// A stand-in for the page's engine worker, for tests of the page that must not depend on how long an image takes.

import type { BrowserContext, Page } from "playwright-core";

export interface EngineCall {
  readonly method: string;
  readonly prompt: string;
  readonly steps: number;
  readonly width: number;
  /** Undefined while it runs. */
  readonly outcome?: "done" | "aborted" | "out of memory";
}

/** Answers the page's calls as `src/engine/remote.ts` does. Runs in the worker, without access to this module. */
const script = `
const log = [];
globalThis.log = log;
const info = {
  name: "emoji", architecture: "sd1", backend: "stand-in (wasm)", loras: [], embeddings: [], files: [], warnings: [],
  defaults: { width: 128, height: 128, guidanceScale: 4 },
  acceleration: { method: "SUN", fullName: "SpeedUpNet", adapter: "emoji-sun" },
};
const aborted = new Set();
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const pixels = (shade) => new Uint8Array(3 * 16).fill(shade);
async function png({ width, height }) {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").fillRect(0, 0, width, height);
  return canvas.convertToBlob({ type: "image/png" });
}
async function image(id, method, { prompt, options }) {
  const { steps, width, height } = options;
  const call = { method, prompt, steps, width };
  log.push(call);
  for (let step = 0; step < steps; step++) {
    await pause(60);
    if (aborted.has(id)) {
      call.outcome = "aborted";
      throw { code: "ABORTED", message: "cancelled" };
    }
  }
  if (width > 128) {
    call.outcome = "out of memory";
    throw { code: "OUT_OF_MEMORY", message: "std::bad_alloc" };
  }
  call.outcome = "done";
  if (method === "draft") return { width: 4, height: 4, channels: 3, data: pixels(log.length) };
  const result = { png: await png(options), width, height, parameters: prompt };
  return { ...result, evaluations: steps, milliseconds: 10 * steps };
}
function startImage() {
  const [width, height] = [128, 128];
  return { image: { width, height, channels: 4, data: new Uint8Array(width * height * 4).fill(200) } };
}
const answers = { devices: () => [], readImage: startImage };
addEventListener("message", async ({ data }) => {
  const { id, method, argument, abort } = data;
  if (abort) return aborted.add(id);
  try {
    const makes = method === "draft" || method === "generate";
    const result = makes ? await image(id, method, argument) : (answers[method]?.() ?? info);
    postMessage({ id, result });
  } catch ({ code, message }) {
    postMessage({ id, error: { code, message } });
  }
});
`;

/** Lets pages of this context, which must have no service worker, start the stand-in instead of the engine. */
export async function installFakeEngine(context: BrowserContext): Promise<void> {
  await context.route(/assets\/worker-[^/]*\.js$/, (route) =>
    route.fulfill({
      body: script,
      contentType: "text/javascript",
      headers: { "Cross-Origin-Embedder-Policy": "require-corp" },
    }),
  );
}

export async function engineCalls(page: Page): Promise<readonly EngineCall[]> {
  return page.workers()[0]!.evaluate(() => (globalThis as unknown as { log: EngineCall[] }).log);
}

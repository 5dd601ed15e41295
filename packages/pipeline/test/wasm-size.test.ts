import { createNodeRuntime } from "@sunstep/runtime-node";
import { createWasmRuntime } from "@sunstep/runtime-web/node";
import { expect, it } from "vitest";
import { Pipeline } from "../src/index.js";
import { emojiComponents } from "./emoji-components.js";

async function latentsAndImage(runtime: Awaited<ReturnType<typeof createWasmRuntime>>) {
  const pipeline = new Pipeline(await emojiComponents(runtime));
  const options = { width: 512, height: 512, steps: 1, seed: 3, guidanceScale: 1, decoder: "vae" } as const;
  const { images, latents } = await pipeline.generate("a red apple", options);
  await pipeline.dispose();
  await runtime.dispose();
  return { pixels: images[0]!.data, latents: latents.data };
}

it("makes an image of 512x512 on WebAssembly, the same as on the CPU", async () => {
  const wasm = await latentsAndImage(await createWasmRuntime({ threads: 2 }));
  const cpu = await latentsAndImage(await createNodeRuntime({ cache: false }));
  expect(wasm.latents).toBeAllclose(cpu.latents, { atol: 1e-3 });
  expect(wasm.pixels).toBeAllclose(cpu.pixels, { atol: 2 });
}, 300_000);

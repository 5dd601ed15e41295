import { SunstepError } from "@sunstep/errors";
import type { LoadOptions, Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { afterAll, expect, it } from "vitest";
import { type GenerateOptions, Pipeline } from "../src/index.js";
import { emojiComponents } from "./emoji-components.js";

const runtime = await createNodeRuntime({ cache: false });
afterAll(() => runtime.dispose());

/** A runtime whose memory does not suffice for one network. */
function without(network: string): Runtime {
  return Object.assign(Object.create(runtime) as Runtime, {
    load(model: Parameters<Runtime["load"]>[0], options: LoadOptions) {
      if (options.label === network)
        throw new SunstepError("OUT_OF_MEMORY", `${network}: there is not enough memory`, { bytes: 5 });
      return runtime.load(model, options);
    },
  });
}

async function failure(network: string, options: GenerateOptions = {}) {
  const pipeline = new Pipeline({ ...(await emojiComponents(without(network))), runtime: without(network) });
  const error = await pipeline.generate("a star", { steps: 1, seed: 1, ...options }).catch((e: unknown) => e);
  await pipeline.dispose();
  return error as SunstepError;
}

it("says what the caller can change when a step does not fit into memory", async () => {
  const error = await failure("unet", { imagesPerPrompt: 2 });
  expect(error).toMatchObject({ code: "OUT_OF_MEMORY", details: { bytes: 5 } });
  expect(error.message).toBe(
    "unet: there is not enough memory; make the image smaller than 128x128, or make fewer than 2 images at once",
  );
});

it("names tiles and the tiny decoder when decoding does not fit into memory", async () => {
  const small = "make the image smaller than 128x128";
  const vae = "vae_decoder: there is not enough memory";
  const taesd = 'decode with a TAESD (decoder: "taesd")';
  expect((await failure("vae_decoder")).message).toBe(
    `${vae}; set vaeTiling to smaller tiles, or ${taesd}, or ${small}`,
  );
  expect((await failure("vae_decoder", { vaeTiling: false })).message).toBe(
    `${vae}; leave vaeTiling at its default, or ${taesd}, or ${small}`,
  );
});

// Behaviour of Stable Diffusion XL that no run of the reference set shows. Its numbers are checked by the reference's runs.
import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { LoadOptions, Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { tensor } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Acceleration,
  type GenerateOptions,
  noGuidance,
  openTextEncoders,
  type PipelineComponents,
  stableDiffusion,
  stableDiffusionXl,
} from "../src/index.js";
import { Autoencoder } from "../src/latents/autoencoder.js";
import { PromptEncoder } from "../src/prompts/prompt-encoder.js";
import { unreadOptions } from "../src/request/check-request.js";
import { resolveRequest } from "../src/request/resolve-request.js";
import { Run } from "../src/run.js";
import { SessionCache } from "../src/sessions/session-cache.js";

/** Channels of the two text encoders' states, and of the pooled text. */
const [FIRST, SECOND, POOLED] = [12, 20, 20];
const CHUNK = 77;

let runtime: Runtime;
let components: PipelineComponents;

beforeAll(async () => {
  runtime = await createNodeRuntime();
  const checkpoint = await openCheckpoint(folderTree(fixture("tiny-sdxl")));
  components = { ...checkpoint, runtime, textEncoders: await openTextEncoders(checkpoint) };
});
afterAll(() => runtime.dispose());

const facts = {
  defaults: { width: 64, height: 64, steps: 4, guidanceScale: 4, scheduler: "ddim", decoder: "vae" },
  schedulerConfig: {},
  scaleFactor: 8,
  hasTaesd: false,
} as const;

async function encode(
  prompt: string,
  options: GenerateOptions = {},
  changes: Partial<PipelineComponents> = {},
) {
  const encoder = new PromptEncoder(
    { ...components, ...changes },
    stableDiffusionXl,
    new SessionCache({ runtime }, 4),
  );
  const steps = { steps: 4, evaluations: 1 };
  const [images] = await encoder.encode(resolveRequest(prompt, options, facts), steps, new Run({}));
  return images![0]!;
}

/** The states of one text encoder: columns of the joined ones. */
function statesOf(encoder: 1 | 2, { encoder_hidden_states }: Awaited<ReturnType<typeof encode>>["positive"]) {
  const { data, shape } = encoder_hidden_states!;
  const width = FIRST + SECOND;
  const [from, to] = encoder === 1 ? [0, FIRST] : [FIRST, width];
  return Array.from({ length: shape[1]! }, (_, token) =>
    data.subarray(token * width + from, token * width + to),
  );
}

const unguided = { guidance: noGuidance };

describe("prompts of Stable Diffusion XL", () => {
  it("encodes the chunks of a long prompt by both text encoders, and pools the first", async () => {
    const { positive: both } = await encode("a red apple BREAK a star", unguided);
    const { positive: first } = await encode("a red apple", unguided);
    const { positive: second } = await encode("a star", unguided);
    expect(both.encoder_hidden_states!.shape).toEqual([1, 2 * CHUNK, FIRST + SECOND]);
    expect(both.encoder_hidden_states!.data).toBeAllclose(
      [...first.encoder_hidden_states!.data, ...second.encoder_hidden_states!.data],
      { atol: 1e-5 },
    );
    expect(both.text_embeds!.data).toBeAllclose(first.text_embeds!.data, { atol: 1e-5 });
  });

  it("weights the tokens of both text encoders, and keeps the mean of each", async () => {
    const { positive: plain } = await encode("a red apple", unguided);
    const { positive: weighted } = await encode("a (red:1.5) apple", unguided);
    for (const encoder of [1, 2] as const) {
      const [before, after] = [statesOf(encoder, plain), statesOf(encoder, weighted)];
      // Tokens: start, a, red, apple, end.
      const ratio = (token: number) => after[token]![0]! / before[token]![0]!;
      expect(ratio(2) / ratio(1)).toBeCloseTo(1.5, 4);
      expect(ratio(3) / ratio(1)).toBeCloseTo(1, 4);
      const sum = (tokens: readonly Float32Array[]) =>
        tokens.flatMap((token) => [...token]).reduce((a, b) => a + b);
      expect(sum(after)).toBeCloseTo(sum(before), 2);
    }
    expect(weighted.text_embeds!.data).toEqual(plain.text_embeds!.data);
  });

  it("fills the shorter of two prompts up to the other's chunks", async () => {
    const options = { ...unguided, prompt2: "a star BREAK a moon BREAK a sun" };
    const { positive } = await encode("a red apple", options);
    expect(positive.encoder_hidden_states!.shape[1]).toBe(3 * CHUNK);
    const { positive: alone } = await encode("a red apple", unguided);
    const states = statesOf(1, positive).slice(0, CHUNK);
    expect(states.flatMap((token) => [...token])).toBeAllclose(
      statesOf(1, alone).flatMap((token) => [...token]),
      { atol: 1e-5 },
    );
  });

  it("guides away from zeros where the negative prompt is left out, and from the empty prompt where it is empty", async () => {
    const { negative: omitted } = await encode("a star");
    expect(
      [...omitted!.encoder_hidden_states!.data, ...omitted!.text_embeds!.data].every((x) => x === 0),
    ).toBe(true);
    expect([...omitted!.time_ids!.data]).toEqual([64, 64, 0, 0, 64, 64]);
    const { negative: empty } = await encode("a star", { negativePrompt: "" });
    const { positive } = await encode("", unguided);
    expect(empty!.encoder_hidden_states!.data).toBeAllclose(positive.encoder_hidden_states!.data, {
      atol: 1e-5,
    });
    const { negative: encoded } = await encode("a star", {}, { zeroNegative: false });
    expect(encoded!.text_embeds!.data).toBeAllclose(empty!.text_embeds!.data, { atol: 1e-5 });
  });

  it("hands an acceleration that reads negative prompts the encoded empty one", async () => {
    const acceleration: Acceleration = {
      name: "own",
      defaults: { steps: 1, guidanceScale: 1, scheduler: () => ({ _class_name: "DDIMScheduler" }) },
      readsNegative: true,
    };
    const { negative } = await encode("a star", { acceleration });
    const { positive: empty } = await encode("", unguided);
    expect(negative!.encoder_hidden_states!.data).toBeAllclose(empty.encoder_hidden_states!.data, {
      atol: 1e-5,
    });
  });

  it("takes encoded prompts with their pooled texts, and not without", async () => {
    const { positive } = await encode("a star", unguided);
    const { encoder_hidden_states: promptEmbeds, text_embeds: pooledPromptEmbeds } = positive;
    const given = await encode("", {
      ...unguided,
      promptEmbeds: promptEmbeds!,
      pooledPromptEmbeds: pooledPromptEmbeds!,
    });
    expect(given.positive).toEqual(positive);
    const code = { code: "PIPELINE_EMBEDDINGS" };
    await expect(encode("", { ...unguided, promptEmbeds: promptEmbeds! })).rejects.toMatchObject({
      ...code,
      message: expect.stringContaining("pooledPromptEmbeds and promptEmbeds belong together"),
    });
    const narrow = tensor(new Float32Array(4), [1, 4]);
    await expect(
      encode("", { ...unguided, promptEmbeds: promptEmbeds!, pooledPromptEmbeds: narrow }),
    ).rejects.toMatchObject({ ...code, message: expect.stringContaining(`[1 prompts, ${POOLED}]`) });
  });
});

describe("size conditioning", () => {
  const size = { width: 48, height: 40 };
  const image = { width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3) } as const;

  it.each<[string, GenerateOptions, number[], number[]]>([
    ["is the image's size", { width: 64, height: 128 }, [128, 64, 0, 0, 128, 64], [128, 64, 0, 0, 128, 64]],
    [
      "is the prompt's for the negative prompt",
      { originalSize: size, cropTopLeft: { top: 1, left: 2 } },
      [40, 48, 1, 2, 64, 64],
      [40, 48, 1, 2, 64, 64],
    ],
    [
      "is the negative prompt's own",
      { negativeOriginalSize: size, negativeTargetSize: { width: 8, height: 9 } },
      [64, 64, 0, 0, 64, 64],
      [40, 48, 0, 0, 9, 8],
    ],
    // diffusers 0.42, StableDiffusionXLPipeline.__call__ and StableDiffusionXLImg2ImgPipeline._get_add_time_ids.
    [
      "is the prompt's where text-to-image has one negative size only",
      { cropTopLeft: { top: 1, left: 2 }, negativeOriginalSize: size },
      [64, 64, 1, 2, 64, 64],
      [64, 64, 1, 2, 64, 64],
    ],
    [
      "is the negative prompt's one size and the prompt's others in image-to-image",
      { image, cropTopLeft: { top: 1, left: 2 }, negativeTargetSize: size },
      [64, 64, 1, 2, 64, 64],
      [64, 64, 1, 2, 40, 48],
    ],
  ])("%s", async (_, options, positive, negative) => {
    const encoded = await encode("a star", options);
    expect([...encoded.positive.time_ids!.data]).toEqual(positive);
    expect([...encoded.negative!.time_ids!.data]).toEqual(negative);
  });

  it.each<[GenerateOptions, RegExp]>([
    [{ originalSize: { width: 0, height: 8 } }, /originalSize\.width 0/],
    [{ cropTopLeft: { top: -1, left: 0 } }, /cropTopLeft\.top -1/],
    [{ negativeTargetSize: { width: 8, height: 0 } }, /negativeTargetSize\.height 0/],
    [{ negativePrompt2: "text" }, /negativePrompt2 needs the negativePrompt/],
    [{ prompt2: ["a", "b"] }, /prompt2 has 2 texts for 1 prompts/],
  ])("rejects %j", (options, message) => {
    expect(() => resolveRequest("a star", options, facts)).toThrow(message);
  });

  it("warns of options that another architecture does not read", () => {
    const options = { prompt2: "a", targetSize: size, steps: 2 };
    expect(unreadOptions(options, stableDiffusionXl)).toEqual([]);
    expect(unreadOptions(options, stableDiffusion).map(({ details }) => details)).toEqual([
      { option: "prompt2" },
      { option: "targetSize" },
    ]);
  });

  it("warns of negative sizes that do not count alone", () => {
    const unread = (options: GenerateOptions) =>
      unreadOptions(options, stableDiffusionXl).map(({ details }) => details.option);
    expect(unread({ negativeTargetSize: size, negativeCropTopLeft: { top: 0, left: 8 } })).toEqual([
      "negativeTargetSize",
      "negativeCropTopLeft",
    ]);
    expect(unread({ negativeTargetSize: size, negativeOriginalSize: size })).toEqual([]);
    expect(unread({ image, negativeTargetSize: size })).toEqual([]);
  });
});

describe("the VAE of Stable Diffusion XL", () => {
  it.each([
    [true, stableDiffusionXl, "float32"],
    [false, stableDiffusionXl, undefined],
    [true, stableDiffusion, undefined],
  ])("computes in float32 where its config says so: %s", async (force_upcast, rule, precision) => {
    const loaded: unknown[] = [];
    const watched: Runtime = Object.create(runtime, {
      load: {
        value: (model: Parameters<Runtime["load"]>[0], options: LoadOptions) => {
          loaded.push([options.label, options.precision]);
          return runtime.load(model, options);
        },
      },
    });
    const vae = { ...components.vae, config: { ...components.vae.config, force_upcast } };
    const sessions = new SessionCache({ runtime: watched }, 4);
    const size = { batch: 1, height: 8, width: 8 };
    await new Autoencoder({ ...components, vae }, rule, sessions).decode(
      new Float32Array(256),
      size,
      { decoder: "vae", vaeTiling: false },
      new Run({}),
    );
    expect(loaded).toEqual([["vae_decoder", precision]]);
    await sessions.dispose();
  });
});

import type { GenerateOptions, NegativeMethod } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nag, nasa, negativeMethod, sun, vsf } from "../src/index.js";
import { emojiPipeline } from "./emoji-pipeline.js";

let runtime: Runtime;
let emoji: Awaited<ReturnType<typeof emojiPipeline>>;
const loads: string[] = [];

beforeAll(async () => {
  runtime = await createNodeRuntime();
  emoji = await emojiPipeline({
    name: runtime.name,
    device: runtime.device,
    batching: runtime.batching,
    keep: (tensor) => runtime.keep(tensor),
    dispose: () => runtime.dispose(),
    load(model, options) {
      loads.push(options?.label ?? "");
      return runtime.load(model, options);
    },
  });
});
afterAll(async () => {
  await emoji.pipeline.dispose();
  await runtime.dispose();
});

const small: GenerateOptions = {
  seed: 0,
  width: 64,
  height: 64,
  steps: 2,
  scheduler: "ddim",
  guidanceScale: 1,
};
const generate = (options: GenerateOptions, prompt: string | string[] = "an apple") =>
  emoji.pipeline.generate(prompt, { ...small, ...options });
const latents = async (options: GenerateOptions, prompt?: string) =>
  (await generate({ negativePrompt: "red", ...options }, prompt)).latents.data;

const strong: Readonly<Record<string, NegativeMethod>> = {
  nag: nag({ scale: 5, tau: 3, alpha: 0.6 }),
  nasa: nasa({ scale: 0.5 }),
  vsf: vsf({ scale: 2, offset: 0 }),
};

describe.each(Object.keys(strong))("%s", (name) => {
  const negative = strong[name]!;

  it("changes an image by its negative prompt, in one evaluation a step", async () => {
    const plain = await latents({});
    const result = await generate({ negative, negativePrompt: "red" });
    expect(result).toMatchObject({ evaluations: 2, warnings: [] });
    expect(result.latents.data).not.toBeAllclose(plain, { atol: 0.1 });
    expect(await latents({ negative, negativePrompt: "leaf" })).not.toBeAllclose(result.latents.data, {
      atol: 0.1,
    });
  });

  it("reads a negative prompt of several chunks, longer than the prompt, and leaves steps below sigmaEnd plain", async () => {
    const negativePrompt = "red, round, ".repeat(30);
    const ending = await negativeMethod({ method: name, sigmaEnd: 1e6 } as Parameters<
      typeof negativeMethod
    >[0]);
    expect(await latents({ negative, negativePrompt })).not.toBeAllclose(await latents({}), { atol: 0.1 });
    loads.length = 0;
    const { latents: plain, warnings } = await generate({ negative: ending, negativePrompt: "red" });
    expect(plain.data).toBeAllclose(await latents({}), { atol: 1e-4 });
    expect(warnings).toMatchObject([
      { code: "NEGATIVE_PROMPT_UNUSED", message: expect.stringContaining("a noise level of 1000000") },
    ]);
  });

  it("switches off in the middle of a run without another network", async () => {
    const half = await negativeMethod({ method: name, sigmaEnd: 1 } as Parameters<typeof negativeMethod>[0]);
    const negativePrompt = "red, round, ".repeat(30);
    await generate({ negative: half, negativePrompt });
    loads.length = 0;
    const first = await generate({ negative: half, negativePrompt });
    expect(loads).toEqual([]);
    expect(first.timesteps.length).toBe(2);
    const [whole, plain] = [await latents({ negative, negativePrompt }), await latents({ negativePrompt })];
    expect(first.latents.data).not.toBeAllclose(whole, { atol: 0.01 });
    expect(first.latents.data).not.toBeAllclose(plain, { atol: 0.01 });
  });

  it("gives each image of a batch the result that it has alone", async () => {
    const prompts = ["an apple", "a star"];
    const negativePrompt = ["red", "yellow, with five long points and a face"];
    const both = await generate({ negative, negativePrompt, seed: [3, 4] }, prompts);
    const size = both.latents.data.length / 2;
    for (const i of [0, 1]) {
      const alone = await generate({ negative, negativePrompt: negativePrompt[i]!, seed: i + 3 }, prompts[i]);
      expect(both.latents.data.slice(i * size, (i + 1) * size)).toBeAllclose(alone.latents.data, {
        atol: 1e-4,
      });
    }
  });

  it("works with guidance, which it does not change where it is off", async () => {
    const guided = { guidanceScale: 4 };
    const off = { ...negative, sigmaEnd: 1e6 };
    expect(await latents({ ...guided, negative: off })).toBeAllclose(await latents(guided), { atol: 1e-4 });
    expect(await latents({ ...guided, negative })).not.toBeAllclose(await latents(guided), { atol: 0.1 });
  });

  it("is used as a fallback for images with a negative prompt alone", async () => {
    const prompts = ["an apple", "an apple"];
    const options = { negativeFallback: negative, seed: [0, 0], negativePrompt: ["", "red"] };
    const { data } = (await generate(options, prompts)).latents;
    const size = data.length / 2;
    expect(data.slice(0, size)).toBeAllclose(await latents({}), { atol: 1e-4 });
    expect(data.slice(size)).toBeAllclose(await latents({ negative }), { atol: 1e-4 });
  });

  it("is refused beside SUN, and takes its place where SUN is off", async () => {
    const accelerations = [sun(emoji.adapter)];
    await expect(generate({ negative, accelerations })).rejects.toMatchObject({ code: "PIPELINE_NEGATIVE" });
    const off = await latents({ negative, accelerations, acceleration: false });
    expect(off).toBeAllclose(await latents({ negative }), { atol: 1e-4 });
  });
});

describe("negativeMethod", () => {
  it.each<[unknown, string, RegExp]>([
    ["nog", "NEGATIVE_METHOD", /"nog".*nag, nasa, vsf/],
    [{ method: "toString" }, "NEGATIVE_METHOD", /toString/],
    [{ method: "nasa", tau: 2 }, "NEGATIVE_PARAMETER", /"tau".*scale, sigmaEnd/],
    [{ method: "nag", alpha: 1.5 }, "NEGATIVE_PARAMETER", /alpha 1.5 .*from 0 to 1/],
    [{ method: "nag", scale: 0.5 }, "NEGATIVE_PARAMETER", /scale 0.5/],
    [{ method: "vsf", sigmaEnd: -1 }, "NEGATIVE_PARAMETER", /sigmaEnd -1/],
    [{ method: "nag", tau: "much" }, "NEGATIVE_PARAMETER", /tau much/],
  ])("refuses %j", async (spec, code, message) => {
    await expect(negativeMethod(spec as "nag")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("warns of parameters that switch a method off", async () => {
    const { warnings } = await generate({ negative: nag({ scale: 1 }), negativePrompt: "red" });
    expect(warnings).toMatchObject([
      { code: "NEGATIVE_WITHOUT_EFFECT", message: expect.stringContaining("scale 1, tau 2.5, alpha 0.25") },
    ]);
    expect(nasa({ scale: 0 }).check?.({} as never)).toHaveLength(1);
  });

  it("writes the parameters that were used", () => {
    expect(nag({ scale: 3, sigmaEnd: 4 }).parameters?.()).toEqual({
      "Negative method": "NAG",
      "NAG scale": 3,
      "NAG tau": 2.5,
      "NAG alpha": 0.25,
      "NAG sigma end": 4,
    });
  });
});

// Textual inversions whose vectors are rows of the table: runs of the words that the rows belong to.

import { type Embedding, openEmbedding, readWeight } from "@sunstep/checkpoint";
import { fileSource } from "@sunstep/checkpoint/node";
import { SunstepError } from "@sunstep/errors";
import { tensor, toFloat32 } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { beforeAll, describe, expect, it } from "vitest";
import type { GenerateOptions, NamedEmbedding } from "../src/index.js";
import { useEmojiPipeline } from "./emoji-pipeline.js";

const emoji = useEmojiPipeline();
let redApple: NamedEmbedding;
beforeAll(async () => {
  redApple = { name: "Crimson-Fruit", embedding: await embeddingOf("red apple") };
});

/** An embedding of the rows of a text's tokens. */
async function embeddingOf(text: string): Promise<Embedding> {
  const [{ config, weights, tokenizer }] = emoji.components.textEncoders;
  const table = toFloat32(await readWeight(weights.get("text_model.embeddings.token_embedding.weight")));
  const width = config.hidden_size;
  const rows = tokenizer.tokenize(text).flatMap((id) => [...table.subarray(id * width, (id + 1) * width)]);
  return {
    where: `${text}.safetensors`,
    vectors: { text_encoder: tensor(Float32Array.from(rows), [rows.length / width, width]) },
  };
}

const quick: GenerateOptions = {
  seed: 0,
  steps: 3,
  width: 64,
  height: 64,
  scheduler: "ddim",
  guidanceScale: 3,
};

async function run(prompt: string, options: GenerateOptions = {}) {
  const loaded: string[] = [];
  const { latents, warnings } = await emoji.pipeline.generate(prompt, {
    ...quick,
    ...options,
    onProgress: (event) => {
      if (event.type === "stage" && event.network) loaded.push(event.network);
    },
  });
  return { latents: latents.data, warnings, loaded };
}

describe("a word that stands for rows of the table", () => {
  it.each([
    ["a prompt", "a crimson-fruit, shiny", "a red apple, shiny", {}],
    ["a prompt, as ComfyUI names it", "a embedding:Crimson-Fruit, shiny", "a red apple, shiny", {}],
    ["weights", "a (Crimson-Fruit:1.4) and [CRIMSON-FRUIT]", "a (red apple:1.4) and [red apple]", {}],
    ["a change with the steps", "a [Crimson-Fruit:green pear:1]", "a [red apple:green pear:1]", {}],
    ["a composed prompt", "a Crimson-Fruit AND a cat :0.4", "a red apple AND a cat :0.4", {}],
    ["plain syntax", "a (Crimson-Fruit) cat", "a (red apple) cat", { promptSyntax: "plain" as const }],
  ])("is those words in %s", async (_, given, words, options) => {
    const actual = await run(given, { ...options, embeddings: [redApple] });
    expect(actual.latents).toEqual((await run(words, options)).latents);
    expect(actual.warnings).toEqual([]);
  });

  it("is those words in a negative prompt, and loads no network again", async () => {
    const expected = await run("a cat", { negativePrompt: "red apple, blurry" });
    const embeddings = [redApple];
    const actual = await run("a cat", { negativePrompt: "Crimson-Fruit, blurry", embeddings });
    expect(actual.latents).toEqual(expected.latents);
    expect(actual.loaded).toEqual([]);
    expect((await run("a cat", { negativePrompt: "Crimson-Fruit, blurry" })).latents).not.toEqual(
      expected.latents,
    );
  });

  it("stands for other vectors in the next run, although its tokens have the same ids", async () => {
    const pear = { name: "Crimson-Fruit", embedding: await embeddingOf("blue pear") };
    const first = await run("a Crimson-Fruit", { embeddings: [redApple] });
    const second = await run("a Crimson-Fruit", { embeddings: [pear] });
    expect(second.latents).toEqual((await run("a blue pear")).latents);
    expect(second.latents).not.toEqual(first.latents);
  });

  it("is opened only where a prompt has it", async () => {
    const redApples = [redApple.embedding as Embedding];
    let count = 0;
    const lazy = { name: "Crimson-Fruit", embedding: async () => redApples[count++]! };
    await run("a crimson fruit", { embeddings: [lazy] });
    expect(count).toBe(0);
    await run("a Crimson-Fruit", { embeddings: [lazy] });
    expect(count).toBe(1);
  });
});

describe("an embedding of another model", () => {
  const wide = {
    where: "wide.safetensors",
    vectors: { text_encoder: tensor(new Float32Array(1024), [1, 1024]) },
  };

  it("is rejected where it was given, or where the prompt names it as one", async () => {
    const model = { code: "EMBEDDING_MODEL", message: expect.stringContaining("Stable Diffusion 2.x") };
    await expect(
      run("a wide cat", { embeddings: [{ name: "wide", embedding: wide }] }),
    ).rejects.toMatchObject(model);
    const lazy = { name: "wide", embedding: async () => wide };
    await expect(run("embedding:wide", { embeddings: [lazy] })).rejects.toMatchObject(model);
  });

  it("leaves a bare word of a folder as it is, with a warning", async () => {
    const lazy = { name: "wide", embedding: async () => wide };
    const actual = await run("a wide cat", { embeddings: [lazy] });
    expect(actual.warnings).toMatchObject([{ code: "EMBEDDING_UNUSED", details: { name: "wide" } }]);
    expect(actual.latents).toEqual((await run("a wide cat")).latents);
  });

  it("is a file of another format too", async () => {
    const lazy = {
      name: "style",
      embedding: async () => openEmbedding(await fileSource(fixture("lora/kohya.safetensors"))),
    };
    const { warnings } = await run("a style", { embeddings: [lazy] });
    expect(warnings[0]!.message).toMatch(/"style".*a LoRA/);
    await expect(run("embedding:style", { embeddings: [lazy] })).rejects.toBeInstanceOf(SunstepError);
  });
});

it("warns of an embedding that is not there, and names those that are like it", async () => {
  const { warnings } = await run("a embedding:Crimson-Frut cat", { embeddings: [redApple] });
  expect(warnings).toMatchObject([{ code: "PROMPT_SYNTAX_UNUSED", details: { kind: "embedding" } }]);
  expect(warnings[0]!.message).toMatch(/"embedding:Crimson-Frut".*names like it: Crimson-Fruit/);
  const spaced = { name: "crimson fruit", embedding: redApple.embedding };
  expect((await run("embedding:Crimson Fruit", { embeddings: [spaced] })).warnings).toEqual([]);
});

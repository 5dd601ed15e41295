import { expect, it } from "vitest";
import { PromptEmbeddings } from "../src/batches/prompt-embeddings.js";
import { fakeRuntime } from "./fake-runtime.js";
import { tinyModel } from "./tiny-model.js";

it("encodes a prompt once while it is cached, and to the same values afterwards", async () => {
  const runtime = fakeRuntime(16);
  const embeddings = await PromptEmbeddings.create(await tinyModel(runtime), [4, 8, 8], {
    capacity: 2 * (2 * 77 * 16),
  });
  const encode = async (prompts: readonly string[]) =>
    (await embeddings.encode(prompts)).encoder_hidden_states!.data;
  const size = 77 * 16;
  const first = await encode(["a cat", "a dog", "a cat"]);
  expect(first.subarray(0, size)).toEqual(first.subarray(2 * size));
  expect(first.subarray(0, size)).not.toEqual(first.subarray(size, 2 * size));
  expect(runtime.runs()).toBe(2);
  await encode(["a cat", "a house"]);
  expect(runtime.runs()).toBe(3);
  // The dog was used least recently.
  await encode(["a cat"]);
  expect(runtime.runs()).toBe(3);
  expect(await encode(["a dog"])).toEqual(first.slice(size, 2 * size));
  expect(runtime.runs()).toBe(4);
});

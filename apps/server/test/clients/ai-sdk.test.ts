import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { experimental_generateImage as generateImage } from "ai";
import { expect, it } from "vitest";
import { pixelsOfBase64 } from "../png.js";
import { startServer } from "../start-server.js";

const { url } = await startServer();
const provider = createOpenAICompatible({ name: "sunstep", baseURL: `${url}/v1`, apiKey: "none" });

it("makes images for the Vercel AI SDK, with seeds by providerOptions", async () => {
  const make = () =>
    generateImage({
      model: provider.imageModel("emoji"),
      prompt: "a cat",
      n: 2,
      size: "128x128",
      providerOptions: { sunstep: { seed: 5, negative_prompt: "dog" } },
    });
  const [first, second] = [await make(), await make()];
  const images = first.images.map(({ base64 }) => pixelsOfBase64(base64));
  expect(images.map(({ width, height }) => [width, height])).toEqual([
    [128, 128],
    [128, 128],
  ]);
  expect(second.images.map(({ base64 }) => base64)).toEqual(first.images.map(({ base64 }) => base64));
});

it("tells the Vercel AI SDK what is wrong", async () => {
  const failing = generateImage({ model: provider.imageModel("other"), prompt: "a cat", maxRetries: 0 });
  await expect(failing).rejects.toThrow(/"other" is not served/);
});

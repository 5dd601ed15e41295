import OpenAI, { toFile } from "openai";
import { expect, it } from "vitest";
import { pixelsOfBase64 } from "../png.js";
import { startServer } from "../start-server.js";

const { post, url } = await startServer({ limits: { pixels: 1024 * 1024 } });
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });

it("makes an image for LibreChat's tool of Stable Diffusion, which reads the settings in info", async () => {
  const { body } = await post("/sdapi/v1/txt2img", {
    prompt: "a red apple",
    negative_prompt: "leaf",
    cfg_scale: 4.5,
    steps: 22,
    // It sends 1024 × 1024, which takes a while with this machine's embedded model.
    width: 256,
    height: 256,
  });
  const { height, width, seed, infotexts } = JSON.parse(body.info);
  expect({ height, width }).toEqual({ height: 256, width: 256 });
  expect(seed).toBeGreaterThanOrEqual(0);
  expect(infotexts[0].split("\n").at(-1)).toMatch(/^Steps: 4, Sampler: .*, Seed: \d+, Size: 256x256/);
  expect(pixelsOfBase64(body.images[0])).toMatchObject({ width: 256, height: 256 });
});

it("makes and edits images for LibreChat's tools of OpenAI", async () => {
  const { data } = await client.images.generate({
    model: "gpt-image-1",
    prompt: "a cat",
    n: 1,
    background: "auto",
    output_format: "png",
    output_compression: 100,
    quality: "auto",
    size: "auto",
  });
  const image = await toFile(Buffer.from(data![0]!.b64_json!, "base64"), "cat.png", { type: "image/png" });
  const edited = await client.images.edit({
    model: "gpt-image-1",
    prompt: "a dog",
    quality: "auto",
    size: "auto",
    image: [image],
  });
  expect(pixelsOfBase64(edited.data![0]!.b64_json!)).toMatchObject({ width: 128, height: 128 });
});

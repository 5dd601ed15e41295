import OpenAI, { toFile } from "openai";
import { StableDiffusion } from "sunstep";
import { afterAll, describe, expect, it } from "vitest";
import { pixelsOfBase64 } from "./png.js";
import { startServer } from "./start-server.js";

const server = await startServer();
const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
const library = await StableDiffusion.fromPretrained("emoji", { threads: 1 });
afterAll(() => library.dispose());

/** Fields of Stable Diffusion, which the package's types do not have. */
const extra = (fields: object) => fields as object;

describe("images.generate", () => {
  it("makes the image that the library makes of the same prompts and seed", async () => {
    const { data, size, output_format } = await client.images.generate({
      prompt: "a red apple",
      ...extra({ seed: 7, negative_prompt: "leaf" }),
    });
    const { images } = await library.generate("a red apple", { negativePrompt: "leaf", seed: 7 });
    expect(pixelsOfBase64(data![0]!.b64_json!).data).toEqual(images[0]!.data);
    expect([size, output_format]).toEqual(["128x128", "png"]);
  });

  it("serves images by address", async () => {
    const { data } = await client.images.generate({ prompt: "a cat", response_format: "url", n: 2 });
    for (const { url } of data!) {
      const response = await fetch(url!);
      expect(response.headers.get("content-type")).toBe("image/png");
      const base64 = Buffer.from(await response.arrayBuffer()).toString("base64");
      expect(pixelsOfBase64(base64)).toMatchObject({ width: 128, height: 128 });
    }
  });

  it.each([
    ["jpeg", "/9j/"],
    ["webp", "UklG"],
  ] as const)("encodes %s", async (output_format, start) => {
    const { data } = await client.images.generate({ prompt: "a cat", output_format, output_compression: 80 });
    expect(data![0]!.b64_json!.slice(0, 4)).toBe(start);
  });

  it("takes OpenAI's own model names and sizes that clients cannot change", async () => {
    const made = await client.images.generate({
      model: "gpt-image-1",
      prompt: "a cat",
      size: "auto",
      quality: "high",
    });
    expect(made).toMatchObject({ size: "128x128", quality: "high", background: "opaque" });
  });

  it("streams images of the steps, then the image", async () => {
    const stream = await client.images.generate({
      prompt: "a dog",
      stream: true,
      partial_images: 2,
      ...extra({ seed: 9 }),
    });
    const events = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ type }) => type)).toEqual([
      "image_generation.partial_image",
      "image_generation.partial_image",
      "image_generation.completed",
    ]);
    const images = events.map(({ b64_json }) => pixelsOfBase64(b64_json));
    expect(images.map(({ width }) => width)).toEqual([128, 128, 128]);
    expect(images[0]!.data).not.toEqual(images[1]!.data);
    const { data } = await client.images.generate({ prompt: "a dog", ...extra({ seed: 9 }) });
    expect(pixelsOfBase64(data![0]!.b64_json!).data).toEqual(images[2]!.data);
  });

  it("streams an event for each step if it is asked to, and tells what the image cost", async () => {
    const stream = await client.images.generate({
      prompt: "a dog",
      stream: true,
      ...extra({ seed: 10, progress: true }),
    });
    const events: Record<string, unknown>[] = [];
    for await (const event of stream) events.push(event as never);
    const steps = events.filter(({ type }) => type === "image_generation.progress").map(({ step }) => step);
    expect([...new Set(steps)]).toEqual([0, 1, 2, 3, 4]);
    expect(events.at(-1)).toMatchObject({ type: "image_generation.completed", evaluations: 4, seed: 10 });
    expect(events.find(({ step }) => step === 2)?.preview).toEqual(expect.any(String));
  });

  it.each([
    [{ model: "other" }, 404, /"other" is not served/],
    [{ size: "7x9" }, 400, /multiple/],
    [{ size: "big" }, 400, /WIDTHxHEIGHT/],
    [{ background: "transparent" }, 400, /opaque/],
    [{ guidance_scale: 7 }, 400, /guidanceScale 7/],
    [{ n: 17 }, 400, /number of images 17/],
  ])("refuses %j in OpenAI's form of errors", async (fields, status, message) => {
    const failing = client.images.generate({
      prompt: "a cat",
      ...fields,
    } as OpenAI.ImageGenerateParamsNonStreaming);
    await expect(failing).rejects.toMatchObject({ status, message: expect.stringMatching(message) });
  });
});

describe("images.edit and createVariation", () => {
  const image = async (options: object = {}) => {
    const { images } = await library.generate("a cat", { seed: 1, ...options });
    return toFile(await images[0]!.toPng(), "cat.png", { type: "image/png" });
  };

  it("starts from the image as the library does", async () => {
    const { data } = await client.images.edit({
      image: await image(),
      prompt: "a dog",
      ...extra({ seed: 2 }),
    });
    const start = (await library.generate("a cat", { seed: 1 })).images[0]!;
    const { images } = await library.generate("a dog", { image: start, seed: 2 });
    expect(pixelsOfBase64(data![0]!.b64_json!).data).toEqual(images[0]!.data);
  });

  it("takes a list of one image, and refuses several", async () => {
    const made = await client.images.edit({ image: [await image()], prompt: "a dog" });
    expect(made.data).toHaveLength(1);
    await expect(
      client.images.edit({ image: [await image(), await image()], prompt: "a dog" }),
    ).rejects.toMatchObject({
      status: 400,
    });
  });

  it("paints anew where the mask is transparent", async () => {
    const { encodePng } = await import("@sunstep/image");
    const data = new Uint8Array(128 * 128 * 4).fill(255);
    for (let y = 0; y < 64; y++) for (let x = 0; x < 128; x++) data[(y * 128 + x) * 4 + 3] = 0;
    const mask = await toFile(encodePng({ width: 128, height: 128, channels: 4, data }), "mask.png");
    const start = (await library.generate("a cat", { seed: 1 })).images[0]!;
    const edit = await client.images.edit({ image: await image(), mask, prompt: "a blue hat" });
    const made = pixelsOfBase64(edit.data![0]!.b64_json!).data;
    const half = made.length / 2;
    expect(made.subarray(half)).toEqual(start.data.subarray(half));
    expect(made.subarray(0, half)).not.toEqual(start.data.subarray(0, half));
  });

  it("varies an image", async () => {
    const { data } = await client.images.createVariation({ image: await image(), n: 2 });
    expect(data).toHaveLength(2);
    expect(data![0]!.b64_json).not.toBe(data![1]!.b64_json);
  });

  it("answers 404 without an image", async () => {
    const body = new FormData();
    body.set("prompt", "a dog");
    const response = await fetch(`${server.url}/v1/images/edits`, { method: "POST", body });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "IMAGE_MISSING" } });
  });
});

it("lists the models", async () => {
  const ids = [];
  for await (const { id } of client.models.list()) ids.push(id);
  expect(ids).toEqual(["emoji"]);
  expect(await client.models.retrieve("emoji")).toMatchObject({ id: "emoji", object: "model" });
});

it("answers OPTIONS, by which a client asks for the route", async () => {
  expect((await fetch(`${server.url}/v1/images/generations`, { method: "OPTIONS" })).status).toBe(204);
});

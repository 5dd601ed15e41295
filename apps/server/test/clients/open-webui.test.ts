import { describe, expect, it } from "vitest";
import { pixelsOfBase64 } from "../png.js";
import { startServer } from "../start-server.js";

const { get, post, url } = await startServer();

describe("Open WebUI, with AUTOMATIC1111", () => {
  const headers = { authorization: "" };

  it("chooses a model by sending all options back", async () => {
    const { status, body: options } = await get("/sdapi/v1/options", headers);
    expect(status).toBe(200);
    const { body: models } = await get("/sdapi/v1/sd-models", headers);
    expect(models[0]).toMatchObject({ title: "emoji", model_name: "emoji" });
    options.sd_model_checkpoint = models[0].title;
    expect((await post("/sdapi/v1/options", options, headers)).status).toBe(200);
  });

  it("makes images", async () => {
    const { body } = await post(
      "/sdapi/v1/txt2img",
      { prompt: "a cat", batch_size: 2, width: 128, height: 128, steps: 50, negative_prompt: "dog" },
      headers,
    );
    expect(body.images.map((image: string) => pixelsOfBase64(image).width)).toEqual([128, 128]);
    expect(JSON.parse(body.info)).toMatchObject({ prompt: "a cat", negative_prompt: "dog", steps: 4 });
  });
});

describe("Open WebUI, with OpenAI", () => {
  it("makes images", async () => {
    const { body } = await post(
      "/v1/images/generations",
      { model: "emoji", prompt: "a cat", n: 1, size: "128x128", response_format: "b64_json" },
      { authorization: "Bearer sk-none" },
    );
    expect(body.data[0].url ?? pixelsOfBase64(body.data[0].b64_json)).toMatchObject({
      width: 128,
      height: 128,
    });
  });

  it("edits an image", async () => {
    const { body } = await post("/v1/images/generations", { prompt: "a cat", n: 1 });
    for (const name of ["image", "image[]"]) {
      const form = new FormData();
      form.set("model", "emoji");
      form.set("prompt", "a dog");
      form.set("n", "1");
      form.set("size", "128x128");
      form.set("response_format", "b64_json");
      form.append(
        name,
        new Blob([Buffer.from(body.data[0].b64_json, "base64")], { type: "image/png" }),
        "image.png",
      );
      const response = await fetch(`${url}/v1/images/edits?api-version=2025-01-01`, {
        method: "POST",
        body: form,
      });
      const edited = (await response.json()) as { data: { b64_json: string }[] };
      expect(pixelsOfBase64(edited.data[0]!.b64_json).width).toBe(128);
    }
  });
});

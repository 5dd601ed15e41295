import { expect, it } from "vitest";
import { startServer } from "../start-server.js";

const { get, post } = await startServer();

it("answers the lists and the image text that Auto-Photoshop's plugin asks for", async () => {
  const lists = [
    "sd-models",
    "samplers",
    "upscalers",
    "loras",
    "hypernetworks",
    "schedulers",
    "prompt-styles",
  ];
  for (const name of lists) expect((await get(`/sdapi/v1/${name}`)).body).toEqual(expect.any(Array));
  expect((await get("/sdapi/v1/embeddings")).body).toEqual({ loaded: {}, skipped: {} });
  expect((await get("/sdapi/v1/scripts")).body.txt2img).toEqual([]);
  const { body } = await post("/sdapi/v1/txt2img", { prompt: "a cat", negative_prompt: "dog", seed: 3 });
  const { body: info } = await post("/sdapi/v1/png-info", {
    image: `data:image/png;base64,${body.images[0]}`,
  });
  expect(info.info).toBe(JSON.parse(body.info).infotexts[0]);
  expect(info.parameters).toMatchObject({ Prompt: "a cat", "Negative prompt": "dog", Seed: "3", Steps: "4" });
});

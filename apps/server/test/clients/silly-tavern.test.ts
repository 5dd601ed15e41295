// SillyTavern's calls (src/endpoints/stable-diffusion.js and public/scripts/extensions/stable-diffusion/index.js).

import { describe, expect, it } from "vitest";
import { pixelsOfBase64 } from "../png.js";
import { startServer } from "../start-server.js";

const { get, post, url } = await startServer();
/** It always sends this header, also without a user. */
const headers = { authorization: `Basic ${Buffer.from(":").toString("base64")}` };

describe("SillyTavern, with AUTOMATIC1111 as its source", () => {
  it("fills its menus", async () => {
    const options = await get("/sdapi/v1/options", headers);
    expect(options.body.sd_model_checkpoint).toBe("emoji");
    expect(options.body).not.toHaveProperty("forge_preset");
    const names = async (path: string, key = "name") =>
      (await get(`/sdapi/v1/${path}`, headers)).body.map((item: Record<string, string>) => item[key]);
    expect((await names("upscalers"))[0]).toBe("None");
    expect(await names("latent-upscale-modes")).toEqual(expect.any(Array));
    expect(await names("sd-vae", "model_name")).toEqual(expect.any(Array));
    expect(await names("samplers")).toEqual(expect.arrayContaining(["Euler a", "DPM++ 2M", "DDIM", "LCM"]));
    expect(await names("schedulers")).toEqual(expect.arrayContaining(["automatic", "karras", "sgm_uniform"]));
    expect(await names("sd-models", "title")).toEqual(["emoji"]);
  });

  it("takes every name of its menus in a request", async () => {
    const { body: samplers } = await get("/sdapi/v1/samplers");
    const { body: schedulers } = await get("/sdapi/v1/schedulers");
    const statuses = [];
    for (const [i, { name }] of samplers.entries()) {
      const scheduler = schedulers[i % schedulers.length].name;
      const request = { prompt: "x", width: 8, height: 8, sampler_name: name, scheduler };
      statuses.push((await post("/sdapi/v1/txt2img", request)).status);
    }
    expect(statuses).toEqual(samplers.map(() => 200));
  });

  it("chooses a model, and waits until nothing is going on", async () => {
    const { body: models } = await get("/sdapi/v1/sd-models", headers);
    const { status } = await post("/sdapi/v1/options", { sd_model_checkpoint: models[0].title }, headers);
    expect(status).toBe(200);
    const { body } = await get("/sdapi/v1/progress", headers);
    expect([body.progress, body.state.job_count]).toEqual([0, 0]);
  });

  it("makes an image with all of its fields", async () => {
    const { status, body } = await post(
      "/sdapi/v1/txt2img",
      {
        url: "http://127.0.0.1:7860",
        auth: "",
        prompt: "a red apple",
        negative_prompt: "leaf",
        sampler_name: "DPM++ 2M",
        scheduler: "karras",
        steps: 20,
        cfg_scale: 7,
        width: 128,
        height: 128,
        restore_faces: false,
        enable_hr: false,
        hr_upscaler: "Latent",
        hr_scale: 1,
        hr_additional_modules: [],
        denoising_strength: 0.7,
        hr_second_pass_steps: 0,
        override_settings: { CLIP_stop_at_last_layers: 1, sd_vae: "Automatic", forge_additional_modules: [] },
        override_settings_restore_afterwards: true,
        clip_skip: 1,
        save_images: true,
        send_images: true,
        do_not_save_grid: false,
        do_not_save_samples: false,
        alwayson_scripts: {},
      },
      headers,
    );
    expect(status).toBe(200);
    expect(pixelsOfBase64(body.images[0])).toMatchObject({ width: 128, height: 128 });
  });

  it("interrupts when its user stops", async () => {
    const controller = new AbortController();
    const running = fetch(`${url}/sdapi/v1/txt2img`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ prompt: "a tree", width: 512, height: 512, batch_size: 16 }),
      signal: controller.signal,
    }).catch(() => undefined);
    await expect.poll(async () => (await get("/sdapi/v1/progress", headers)).body.state.job_count).toBe(1);
    controller.abort();
    expect((await post("/sdapi/v1/interrupt", {}, headers)).status).toBe(200);
    await running;
    await expect.poll(async () => (await get("/sdapi/v1/progress", headers)).body.state.job_count).toBe(0);
  });
});

it("makes an image for SillyTavern with stable-diffusion.cpp as its source", async () => {
  const ping = await fetch(`${url}/v1/images/generations`, { method: "OPTIONS" });
  expect(ping.ok).toBe(true);
  const { body: models } = await get("/v1/models");
  expect(models.data[0].id).toBe("emoji");
  const { body } = await post("/sdapi/v1/txt2img", {
    model: "emoji",
    prompt: "a cat",
    negative_prompt: "",
    width: 128,
    height: 128,
    steps: 4,
    cfg_scale: 1,
    seed: 5,
    batch_size: 1,
    sampler_name: "Euler a",
    scheduler: "karras",
    clip_skip: 1,
  });
  expect(pixelsOfBase64(body.images[0]).width).toBe(128);
});

it("makes an image for SillyTavern with Draw Things as its source", async () => {
  expect((await fetch(url, { method: "HEAD" })).ok).toBe(true);
  expect((await get("/")).body.model).toBe("emoji");
  const { body } = await post("/sdapi/v1/txt2img", {
    prompt: "a cat",
    seed: 1,
    steps: 4,
    width: 64,
    height: 64,
  });
  expect(pixelsOfBase64(body.images[0]).width).toBe(64);
});

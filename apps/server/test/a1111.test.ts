import { readImageText } from "@sunstep/image";
import { StableDiffusion } from "sunstep";
import { afterAll, describe, expect, it } from "vitest";
import { pixelsOfBase64 } from "./png.js";
import { startServer } from "./start-server.js";

const server = await startServer();
const library = await StableDiffusion.fromPretrained("emoji", { threads: 1 });
afterAll(() => library.dispose());

/** The fields that clients of AUTOMATIC1111 send with their default values. */
const classic = { steps: 20, cfg_scale: 7, sampler_name: "Euler a", scheduler: "automatic" };

describe("txt2img", () => {
  it("makes the image that the library makes of the same prompts and seed", async () => {
    const { status, body } = await server.post("/sdapi/v1/txt2img", {
      prompt: "a red apple",
      negative_prompt: "leaf",
      seed: 7,
      override_settings: { randn_source: "CPU" },
      ...classic,
    });
    expect(status).toBe(200);
    const { images } = await library.generate("a red apple", { negativePrompt: "leaf", seed: 7 });
    const { width, height, data } = images[0]!;
    expect(pixelsOfBase64(body.images[0])).toMatchObject({ width, height, data });
    const text = readImageText(Buffer.from(body.images[0], "base64")).get("parameters");
    expect(text).toBe(images[0]!.parameters);
    expect(JSON.parse(body.info).infotexts).toEqual([text]);
  });

  it("obeys a negative prompt in four steps", async () => {
    const paint = async (negative: string) =>
      (
        await server.post("/sdapi/v1/txt2img", {
          prompt: "an apple",
          negative_prompt: negative,
          seed: 3,
          ...classic,
        })
      ).body;
    const [plain, without] = [await paint(""), await paint("red")];
    expect(JSON.parse(without.info).steps).toBe(4);
    expect(without.images[0]).not.toBe(plain.images[0]);
  });

  it("says which settings a model of few steps did not take", async () => {
    const { body } = await server.post("/sdapi/v1/txt2img", { prompt: "a cat", seed: 1, ...classic });
    const info = JSON.parse(body.info);
    expect(info).toMatchObject({ steps: 4, cfg_scale: 1, seed: 1, all_seeds: [1], sd_model_name: "emoji" });
    expect(info.extra_generation_params["sunstep notes"]).toMatch(/steps 20.*CFG scale 7.*sampler/);
  });

  it("takes fewer steps, and more where the server's settings allow them", async () => {
    const steps = async (more: object) =>
      JSON.parse(
        (await server.post("/sdapi/v1/txt2img", { prompt: "a cat", seed: 1, ...classic, ...more })).body.info,
      ).steps;
    expect(await steps({ steps: 2 })).toBe(2);
    expect(await steps({ steps: 7, override_settings: { sunstep_most_steps: 6 } })).toBe(6);
  });

  it("makes batch_size times n_iter images, each of the next seed", async () => {
    const { body } = await server.post("/sdapi/v1/txt2img", {
      prompt: "a cat",
      seed: 4,
      batch_size: 2,
      n_iter: 2,
    });
    const info = JSON.parse(body.info);
    expect(info.all_seeds).toEqual([4, 5, 6, 7]);
    expect(body.images).toHaveLength(4);
    const alone = await server.post("/sdapi/v1/txt2img", { prompt: "a cat", seed: 6 });
    expect(alone.body.images[0]).toBe(body.images[2]);
  });

  it("takes nulls and unknown fields, as AUTOMATIC1111 does", async () => {
    const { status, body } = await server.post("/sdapi/v1/txt2img", {
      prompt: "a cat",
      seed: null,
      hr_checkpoint_name: null,
      script_name: null,
      script_args: [],
      url: "http://other",
      auth: "key",
      width: "64",
      height: 70,
    });
    expect(status).toBe(200);
    expect(pixelsOfBase64(body.images[0])).toMatchObject({ width: 64, height: 64 });
  });

  it.each([
    [{ sampler_name: "Nonesuch" }, 400, /Nonesuch/],
    [{ override_settings: { sd_model_checkpoint: "other" } }, 404, /"other" is not served/],
    [{ script_name: "x/y/z plot" }, 422, /no scripts/],
    [{ alwayson_scripts: { ADetailer: { args: [] } } }, 422, /"ADetailer": this server has no scripts/],
    [{ enable_hr: true, hr_upscaler: "ESRGAN_4x" }, 422, /take Latent, None, Lanczos/],
    [{ restore_faces: true }, 422, /restore_faces true would change the image/],
    [{ enable_hr: true, hr_scale: 8, width: 512, height: 512 }, 400, /width × height 16777216/],
    [{ width: 8192, height: 8192 }, 400, /width/],
    [{ steps: "many" }, 400, /steps/],
  ])("refuses %j in AUTOMATIC1111's form of errors", async (fields, status, message) => {
    const response = await server.post("/sdapi/v1/txt2img", { prompt: "a cat", ...fields });
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({
      detail: expect.stringMatching(message),
      error: expect.any(String),
    });
    expect(response.headers.get("x-should-retry")).toBe("false");
  });
});

describe("img2img", () => {
  const first = async () =>
    (await server.post("/sdapi/v1/txt2img", { prompt: "a cat", seed: 1 })).body.images[0];

  it("starts from the image as the library does", async () => {
    const start = await first();
    const { body } = await server.post("/sdapi/v1/img2img", {
      prompt: "a dog",
      seed: 2,
      init_images: [`data:image/png;base64,${start}`],
      denoising_strength: 0.5,
      override_settings: { randn_source: "CPU" },
    });
    const { images } = await library.generate("a dog", {
      image: pixelsOfBase64(start),
      strength: 0.5,
      seed: 2,
    });
    expect(pixelsOfBase64(body.images[0]).data).toEqual(images[0]!.data);
  });

  it("answers 404 without an image", async () => {
    const { status, body } = await server.post("/sdapi/v1/img2img", { prompt: "a dog", init_images: [] });
    expect([status, body.error]).toEqual([404, "IMAGE_MISSING"]);
  });

  it("refuses an address and what is no image, before a job is made", async () => {
    for (const image of ["http://127.0.0.1/secret.png", "file:///etc/passwd", "AAAA"]) {
      const { status } = await server.post("/sdapi/v1/img2img", { prompt: "a dog", init_images: [image] });
      expect(status).toBe(400);
    }
    expect(await server.queue.active()).toEqual([]);
  });

  it("changes nothing outside of the mask", async () => {
    const start = await first();
    const image = pixelsOfBase64(start);
    const { encodePng } = await import("@sunstep/image");
    const data = new Uint8Array(128 * 128);
    for (let y = 32; y < 64; y++) data.fill(255, y * 128 + 32, y * 128 + 64);
    const mask = Buffer.from(encodePng({ width: 128, height: 128, channels: 1, data })).toString("base64");
    for (const inpaint_full_res of [false, true]) {
      const { status, body } = await server.post("/sdapi/v1/img2img", {
        prompt: "a red ball",
        seed: 5,
        init_images: [start],
        mask,
        mask_blur: 0,
        inpaint_full_res,
        inpaint_full_res_padding: 16,
      });
      expect(status).toBe(200);
      const made = pixelsOfBase64(body.images[0]);
      const differs = (inside: boolean) =>
        made.data.some((value, i) => {
          const [x, y] = [Math.floor(i / 3) % 128, Math.floor(i / 3 / 128)];
          return (x >= 32 && x < 64 && y >= 32 && y < 64) === inside && value !== image.data[i];
        });
      expect([inpaint_full_res, differs(true), differs(false)]).toEqual([inpaint_full_res, true, false]);
    }
  });
});

describe("a running job", () => {
  /** Enough images to be seen while they are made. */
  const long = { prompt: "a tree", seed: 1, batch_size: 8, width: 256, height: 256 };

  it("tells its progress, and that nothing runs afterwards", async () => {
    const running = server.post("/sdapi/v1/txt2img", long);
    const seen: { progress: number; state: { job_count: number; sampling_steps: number } }[] = [];
    await expect
      .poll(async () => {
        const { body } = await server.get("/sdapi/v1/progress");
        seen.push(body);
        return body.current_image;
      })
      .toEqual(expect.any(String));
    expect(seen.at(-1)).toMatchObject({ state: { job_count: 1, sampling_steps: 4 } });
    const { body: without } = await server.get("/sdapi/v1/progress?skip_current_image=true");
    expect(without.current_image).toBeNull();
    await running;
    const values = seen.map(({ progress }) => progress);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect((await server.get("/sdapi/v1/progress")).body).toMatchObject({
      progress: 0,
      state: { job_count: 0 },
    });
  });

  it("ends early by an interrupt, with the images that are done", async () => {
    const running = server.post("/sdapi/v1/txt2img", { ...long, seed: 100 });
    await expect
      .poll(async () => (await server.get("/sdapi/v1/progress")).body.state.job_no)
      .toBeGreaterThan(0);
    expect((await server.post("/sdapi/v1/interrupt", {})).body).toEqual({});
    const { status, body } = await running;
    expect(status).toBe(200);
    expect(body.images.length).toBeGreaterThan(0);
    expect(body.images.length).toBeLessThan(8);
    expect(JSON.parse(body.info).all_seeds).toHaveLength(body.images.length);
  });

  it("leaves out one image by a skip", async () => {
    const running = server.post("/sdapi/v1/txt2img", { ...long, batch_size: 3, seed: 200 });
    await expect
      .poll(async () => (await server.get("/sdapi/v1/progress")).body.state.sampling_steps, {
        timeout: 20_000,
      })
      .toBeGreaterThan(0);
    expect((await server.post("/sdapi/v1/skip", {})).body).toBeNull();
    expect((await running).body.images).toHaveLength(2);
  });

  it("is cancelled when its client closes the connection", async () => {
    const controller = new AbortController();
    const running = fetch(`${server.url}/sdapi/v1/txt2img`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...long, seed: 300 }),
      signal: controller.signal,
    });
    await expect.poll(async () => (await server.queue.counts()).running).toBe(1);
    const [job] = await server.queue.active();
    controller.abort();
    await expect(running).rejects.toThrow();
    await expect.poll(async () => (await server.queue.get(job!.id))?.state).toBe("cancelled");
  });
});

describe("options", () => {
  it("are read, changed, and taken back whole", async () => {
    const { body: before } = await server.get("/sdapi/v1/options");
    expect(before).toMatchObject({
      sd_model_checkpoint: "emoji",
      samples_format: "png",
      sd_vae: "Automatic",
    });
    const changed = await server.post("/sdapi/v1/options", {
      ...before,
      CLIP_stop_at_last_layers: 2,
      unknown: [1],
    });
    expect([changed.status, changed.body]).toEqual([200, null]);
    expect((await server.get("/sdapi/v1/options")).body).toEqual({ ...before, CLIP_stop_at_last_layers: 2 });
    await server.post("/sdapi/v1/options", before);
  });

  it("refuse a model that is not there", async () => {
    const { status, body } = await server.post("/sdapi/v1/options", {
      sd_model_checkpoint: "../../etc/passwd",
    });
    expect([status, body.error]).toEqual([404, "MODEL_UNKNOWN"]);
  });
});

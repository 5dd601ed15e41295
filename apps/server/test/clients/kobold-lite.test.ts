import { describe, expect, it } from "vitest";
import { pixelsOfBase64 } from "../png.js";
import { startServer } from "../start-server.js";

const origin = "http://localhost:5001";
const { get, post, url } = await startServer({ origins: [origin] });

describe("KoboldAI Lite, in a browser", () => {
  const request = {
    prompt: "a cat",
    negative_prompt: "ugly",
    seed: -1,
    steps: 20,
    cfg_scale: 7,
    width: 128,
    height: 128,
    sampler_name: "Euler a",
    batch_size: 1,
    n_iter: 1,
    eta: 0,
    s_churn: 0,
    s_tmax: 0,
    s_tmin: 0,
    s_noise: 1,
    override_settings: { sd_model_checkpoint: "emoji", eta_noise_seed_delta: 0, CLIP_stop_at_last_layers: 1 },
    clip_skip: -1,
  };
  const headers = { origin, "sec-fetch-site": "cross-site" };

  it("may use the server, by its origin", async () => {
    const preflight = await fetch(`${url}/sdapi/v1/txt2img`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      },
    });
    expect(preflight.ok).toBe(true);
    const { headers: answered, body } = await get("/sdapi/v1/sd-models", headers);
    expect(answered.get("access-control-allow-origin")).toBe(origin);
    expect(body[0].title).toBe("emoji");
    expect((await get("/sdapi/v1/options", headers)).body).toMatchObject({
      samples_format: "png",
      sd_model_checkpoint: "emoji",
    });
  });

  it("makes images from texts and from images", async () => {
    const { body } = await post("/sdapi/v1/txt2img", request, headers);
    expect(pixelsOfBase64(body.images[0]).width).toBe(128);
    const { body: changed } = await post(
      "/sdapi/v1/img2img",
      { ...request, init_images: [body.images[0]], denoising_strength: 0.6 },
      headers,
    );
    expect(pixelsOfBase64(changed.images[0]).width).toBe(128);
  });

  it("is told that images are not described here", async () => {
    const { status, body } = await post("/sdapi/v1/interrogate", { image: "", model: "clip" }, headers);
    expect([status, body.error]).toEqual([501, "UNSUPPORTED"]);
  });
});

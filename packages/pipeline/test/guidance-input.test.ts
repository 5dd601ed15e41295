import { describe, expect, it } from "vitest";
import { guidanceInput } from "../src/guidance/guidance-input.js";
import type { GenerateOptions } from "../src/index.js";
import { noGuidance } from "../src/index.js";
import { checkRequest } from "../src/request/check-request.js";
import { resolveRequest } from "../src/request/resolve-request.js";

/** LatentConsistencyModelPipeline.get_guidance_scale_embedding of diffusers 0.42.1. */
const published = [
  [
    8.5,
    8,
    [
      -0.8512358665466309, 0.5626711249351501, -0.4352330267429352, 0.6816387176513672, -0.5247832536697388,
      -0.8266808390617371, -0.9003178477287292, 0.731688916683197,
    ],
  ],
  [1, 8, [0, 0, 0, 0, 1, 1, 1, 1]],
  [
    0.5,
    9,
    [
      0.4677717983722687, 0.937993586063385, -0.880642831325531, -0.049979161471128464, -0.8838492631912231,
      -0.3466525673866272, 0.47378072142601013, 0.9987502694129944, 0,
    ],
  ],
] as const;

const lcm = {
  defaults: { width: 64, height: 64, steps: 4, guidanceScale: 8, scheduler: "lcm", decoder: "vae" },
  schedulerConfig: { _class_name: "LCMScheduler" },
  scaleFactor: 8,
  hasTaesd: false,
  embedsGuidance: true,
} as const;
const resolve = (options: GenerateOptions) => resolveRequest("a fox", options, lcm);
const image = { width: 64, height: 64, channels: 3 as const, data: new Uint8Array(64 * 64 * 3) };

describe("guidanceInput", () => {
  it.each(published)(
    "embeds a guidance scale of %d in %i numbers, as diffusers does",
    (scale, width, expected) => {
      const { timestep_cond } = guidanceInput(width, scale);
      expect(timestep_cond!.shape).toEqual([1, width]);
      expect(timestep_cond!.data).toBeAllclose(expected, { atol: 2e-4 });
    },
  );

  it("gives nothing to a U-Net without the input", () => {
    expect(guidanceInput(null, 8)).toEqual({});
  });
});

describe("a U-Net that takes the guidance scale", () => {
  it("evaluates once, at any guidance scale", () => {
    expect(resolve({})).toMatchObject({ guidanceScale: 8, guidance: noGuidance, embedsGuidance: true });
    expect(resolve({ guidanceScale: 3 })).toMatchObject({ guidanceScale: 3, guidance: noGuidance });
  });

  it("warns of a negative prompt, which it cannot read", () => {
    const [warning] = checkRequest(resolve({ negativePrompt: "blurry" }));
    expect(warning).toMatchObject({ code: "NEGATIVE_PROMPT_UNUSED" });
    expect(warning!.message).toMatch(/U-Net was distilled to one guided evaluation/);
  });

  it("takes all steps of image-to-image from a share of the teacher's schedule", () => {
    expect(resolve({ image, strength: 0.6 }).plan).toEqual({ steps: 4, batch: 1, teacherStrength: 0.6 });
  });

  it.each([
    ["a mask", { mask: image }],
    ["given timesteps", { timesteps: [900, 500, 300, 100] }],
    ["another scheduler", { scheduler: "ddim" }],
  ])("runs a share of the steps with %s", (_, options) => {
    expect(resolve({ image, strength: 0.6, ...options }).plan).toMatchObject({ strength: 0.6 });
    expect(resolve({ image, strength: 0.6, ...options }).plan).not.toHaveProperty("teacherStrength");
  });
});

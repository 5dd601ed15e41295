import { fixture, readSafetensors } from "@sunstep/testing";
import { expect, it } from "vitest";
import { forwardProcess, noiseLevels } from "../src/index.js";

const stableDiffusion = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: "scaled_linear" };

it("has diffusers' alphas", () => {
  const golden = readSafetensors(fixture("training/schedule.safetensors"));
  const process = forwardProcess({ ...stableDiffusion, set_alpha_to_one: false });
  expect([...process.alphasCumprod]).toEqual([...(golden.get("alphas_cumprod")!.data as Float32Array)]);
  expect([process.finalAlphaCumprod]).toEqual([...(golden.get("final_alpha_cumprod")!.data as Float32Array)]);
  expect(process.predictionType).toBe("epsilon");
});

it("ends without noise unless the config says otherwise", () => {
  expect(forwardProcess(stableDiffusion).finalAlphaCumprod).toBe(1);
});

it("reads the config of any class, and refuses values that are none", () => {
  const config = { _class_name: "PNDMScheduler", skip_prk_steps: true, prediction_type: "v_prediction" };
  expect(forwardProcess({ ...stableDiffusion, ...config }).predictionType).toBe("v_prediction");
  expect(() => forwardProcess({ beta_start: "small" })).toThrow(/beta_start/);
});

it("gives the noise levels of timesteps, and those between", () => {
  // EulerDiscreteScheduler of diffusers with these betas: sigmas at trailing timesteps of four steps.
  const levels = noiseLevels(stableDiffusion, [999, 749, 499, 249]);
  expect(levels).toBeAllclose([14.6146, 4.0817, 1.6129, 0.6932], { atol: 5e-5 });
  const [below, between, above] = noiseLevels(stableDiffusion, [400, 400.5, 401]);
  expect(between).toBeCloseTo((below! + above!) / 2, 6);
});

it("has no end of noise where the betas end at zero signal", () => {
  const config = { ...stableDiffusion, rescale_betas_zero_snr: true };
  expect(noiseLevels(config, [999])).toEqual([Number.POSITIVE_INFINITY]);
});

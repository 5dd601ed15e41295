import { fixture, readSafetensors } from "@sunstep/testing";
import { expect, it } from "vitest";
import { forwardProcess } from "../src/index.js";

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

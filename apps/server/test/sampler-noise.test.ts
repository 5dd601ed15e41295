import { expect, it } from "vitest";
import { samplerNoise } from "../src/paint/sampler-noise.js";

it.each([
  ["ddim", 0.5, { scheduler: "ddim", eta: 0.5 }],
  ["euler-a", 1, { scheduler: "euler-a" }],
  ["euler-a", 0, { scheduler: "euler" }],
  ["dpm++2m-sde-karras", 1, { scheduler: "dpm++2m-sde-karras" }],
  ["dpm++2m-karras", 0, { scheduler: "dpm++2m-karras" }],
  ["euler", 1, { scheduler: "euler" }],
  [undefined, 1, { scheduler: undefined }],
] as const)("gives %s with eta %d as much noise as AUTOMATIC1111 does", (scheduler, eta, expected) => {
  expect(samplerNoise({ ...(scheduler && { scheduler }), eta })).toEqual(expected);
});

it.each([
  ["euler-a", 0.5],
  ["dpm++2m-sde-karras", 0],
])("refuses %s with eta %d", (scheduler, eta) => {
  expect(() => samplerNoise({ scheduler, eta })).toThrow(
    expect.objectContaining({ code: "REQUEST_UNSUPPORTED", message: expect.stringContaining("take DDIM") }),
  );
});

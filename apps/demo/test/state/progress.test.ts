import type { ProgressEvent } from "sunstep";
import { expect, it } from "vitest";
import { downloadProgress, runProgress, sizeText } from "../../src/state/progress.js";

const step = (number: number): ProgressEvent => ({
  type: "step",
  step: number,
  steps: 4,
  timestep: 500,
  latents: new Float32Array(),
});

it("describes each event with a fraction that never decreases", () => {
  const events: ProgressEvent[] = [
    { type: "stage", stage: "encode-prompt" },
    { type: "stage", stage: "denoise" },
    ...[1, 2, 3, 4].map(step),
    { type: "stage", stage: "decode" },
  ];
  const seen = events.map((event) => runProgress(event, 4)!);
  expect(seen.map(({ text }) => text)).toEqual([
    "Reading the prompt",
    "Step 1 of 4",
    "Step 1 of 4",
    "Step 2 of 4",
    "Step 3 of 4",
    "Step 4 of 4",
    "Decoding",
  ]);
  const fractions = seen.map(({ fraction }) => fraction!);
  expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
  expect(fractions[0]).toBe(0);
  expect(fractions.at(-1)).toBeLessThan(1);
});

it("names the network being compiled, without a fraction", () => {
  expect(runProgress({ type: "stage", stage: "load", network: "unet" }, 4)).toEqual({
    text: "Compiling the U-Net",
  });
  expect(runProgress({ type: "warning", details: {}, code: "X", message: "y" }, 4)).toBeUndefined();
});

it("formats bytes as file managers do", () => {
  expect([1234, 4_321_000, 38_000_000, 994_000_000, 2_132_000_000].map(sizeText)).toEqual([
    "2 kB",
    "4.3 MB",
    "38 MB",
    "994 MB",
    "2.13 GB",
  ]);
  expect(downloadProgress(12e6, 38e6)).toEqual({
    text: "Downloading the model, 12 MB of 38 MB",
    fraction: 12 / 38,
  });
  expect(downloadProgress(12e6, undefined)).toEqual({ text: "Downloading the model, 12 MB" });
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { StableDiffusion } from "../src/index.js";

let [exact, int8]: StableDiffusion[] = [];

beforeAll(async () => {
  [exact, int8] = await Promise.all(
    (["float32", "int8"] as const).map((dtype) => StableDiffusion.fromPretrained("emoji", { dtype })),
  );
});
afterAll(() => Promise.all([exact?.dispose(), int8?.dispose()]));

/** Decibels of the peak, 255, over the distance of two images. */
function peakSignalToNoise(a: Uint8Array, b: Uint8Array): number {
  const squares = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / a.length));
}

it("makes nearly the images of float32 in 8 bits, and says so in their parameters", async () => {
  const prompts = ["a red apple", "a blue bird", "a yellow star", "a green car", "a cat"];
  const noise: number[] = [];
  for (const [seed, prompt] of prompts.entries()) {
    const [plain, quantized] = [
      await exact!.generate(prompt, { seed }),
      await int8!.generate(prompt, { seed }),
    ];
    noise.push(peakSignalToNoise(plain.images[0]!.data, quantized.images[0]!.data));
    expect(plain.images[0]!.parameters).not.toContain("Precision");
    expect(quantized.images[0]!.parameters).toContain("Precision: int8");
    expect([plain.dtype, quantized.dtype]).toEqual(["float32", "int8"]);
    expect(quantized.warnings).toEqual([]);
  }
  // Not equal: float32 would be infinitely near.
  expect(Math.max(...noise)).toBeLessThan(60);
  expect(noise.sort((a, b) => a - b)[2]).toBeGreaterThan(30);
});

it("applies to guided images, too", async () => {
  const options = { seed: 1, sun: false, steps: 6 } as const;
  const [plain, quantized] = [
    await exact!.generate("a red apple", options),
    await int8!.generate("a red apple", options),
  ];
  expect(peakSignalToNoise(plain.images[0]!.data, quantized.images[0]!.data)).toBeGreaterThan(30);
});

it("rejects a dtype that it does not know", async () => {
  const unknown = StableDiffusion.fromPretrained("emoji", { dtype: "fp4" as "int8" });
  await expect(unknown).rejects.toMatchObject({
    code: "PIPELINE_OPTION",
    message: expect.stringMatching(/dtype fp4.*float32, int8, auto/),
  });
});

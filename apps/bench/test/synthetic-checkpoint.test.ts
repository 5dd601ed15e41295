import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@sunstep/testing";
import { expect, it } from "vitest";
import { networkShapes, sunShapes } from "../src/synthetic/shapes.js";
import { writeRandomSafetensors } from "../src/synthetic/write-safetensors.js";

const count = (shapes: Record<string, readonly number[]>) =>
  Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);

// The counts of `num_parameters()` for the published models; for the adapter, half its file size of 76.8 MB.
it.each([
  ["U-Net", networkShapes.unet, 859_520_964],
  ["U-Net of SDXL", networkShapes.xlUnet, 2_567_463_684],
  ["VAE", networkShapes.vae, 83_653_863],
  ["text encoder", networkShapes.textEncoder, 123_060_480],
  ["TAESD", networkShapes.taesd, 2_445_063],
  ["SUN adapter", sunShapes(), 38_388_480],
])("the %s has as many weights as the real one", (_, shapes, expected) => {
  expect(count(shapes)).toBe(expected);
});

it("writes weights with the given spread in a standard safetensors file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sunstep-synthetic-"));
  try {
    const path = join(folder, "weights.safetensors");
    const shapes = { matrix: [300, 200], ones: [7] };
    await writeRandomSafetensors(
      path,
      shapes,
      (name) => (name === "ones" ? { constant: 1 } : { deviation: 0.05 }),
      3,
    );
    const tensors = readSafetensors(path);
    expect([...tensors.get("ones")!.data]).toEqual([1, 1, 1, 1, 1, 1, 1]);
    const matrix = [...(tensors.get("matrix")!.data as Float32Array)];
    const mean = matrix.reduce((sum, value) => sum + value, 0) / matrix.length;
    const variance = matrix.reduce((sum, value) => sum + (value - mean) ** 2, 0) / matrix.length;
    // 60,000 draws from 4096 quantiles: the sample's own scatter is 0.4%, the table's cut tails take 2%.
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(Math.sqrt(variance) / 0.05).toBeGreaterThan(0.96);
    expect(Math.sqrt(variance) / 0.05).toBeLessThan(1.04);
    expect(tensors.get("matrix")!.shape).toEqual([300, 200]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

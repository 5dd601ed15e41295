import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { buildTaesdDecoder, buildVaeDecoder, buildVaeEncoder } from "@sunstep/networks";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { createWasmRuntime } from "@sunstep/runtime-web/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addWeighted, crop, type Planes, patchwork } from "../src/tiling/planes.js";
import { tileAxis, tileWeights } from "../src/tiling/tile-axis.js";
import { type AutoencoderNetwork, planTiles } from "../src/tiling/tile-plan.js";
import { readVaeTiling } from "../src/tiling/vae-tiling.js";
import { autoencoderOf, distance } from "./vae-tiling-case.js";

const axes = fc
  .record({
    size: fc.integer({ min: 1, max: 200 }),
    most: fc.integer({ min: 2, max: 64 }),
    overlap: fc.integer({ min: 0, max: 32 }),
  })
  .filter(({ most, overlap }) => overlap <= most / 2);

describe("tileAxis", () => {
  it("covers every cell with tiles of one size that overlap enough", () => {
    fc.assert(
      fc.property(axes, ({ size, most, overlap }) => {
        const { tile, starts } = tileAxis(size, most, overlap);
        expect(tile).toBeLessThanOrEqual(most);
        expect(starts[0]).toBe(0);
        expect(starts.at(-1)! + tile).toBe(size);
        for (const [i, start] of starts.slice(1).entries())
          expect(starts[i]! + tile - start).toBeGreaterThanOrEqual(overlap);
      }),
    );
  });

  it("weighs tiles so that they add up to 1 everywhere", () => {
    fc.assert(
      fc.property(axes, fc.constantFrom(1, 2, 8), fc.integer({ min: 0, max: 20 }), (axis, scale, radius) => {
        const tiles = tileAxis(axis.size, axis.most, axis.overlap);
        const sums = new Float32Array(axis.size * scale);
        for (const [i, weights] of tileWeights(tiles, scale, radius).entries())
          for (const [at, weight] of weights.entries()) sums[tiles.starts[i]! * scale + at]! += weight;
        expect(sums).toBeAllclose(new Float32Array(sums.length).fill(1), { atol: 1e-6 });
      }),
    );
  });

  it("gives no weight to cells within the radius of a cut edge if the overlap is large enough", () => {
    const axis = tileAxis(100, 40, 17);
    const weights = tileWeights(axis, 1, 8)[1]!;
    expect([...weights.slice(0, 8), ...weights.slice(-8)]).toEqual(Array(16).fill(0));
  });
});

const ramp: Planes = {
  data: Float32Array.from({ length: 2 * 24 * 40 }, (_, i) => i),
  channels: 2,
  height: 24,
  width: 40,
};

describe("planes", () => {
  it("are the same when their weighted tiles are joined again", () => {
    const [rows, columns] = [tileAxis(24, 10, 4), tileAxis(40, 16, 3)];
    const rowWeights = tileWeights(rows, 1, 1);
    const columnWeights = tileWeights(columns, 1, 1);
    const joined = { ...ramp, data: new Float32Array(ramp.data.length) };
    for (const [row, top] of rows.starts.entries())
      for (const [column, left] of columns.starts.entries()) {
        const region = { top, left, height: rows.tile, width: columns.tile };
        const tile = crop(ramp, region);
        addWeighted(joined, tile, region, rowWeights[row]!, columnWeights[column]!);
      }
    expect(joined.data).toBeAllclose(ramp.data, { rtol: 1e-6, atol: 1e-3 });
  });

  it("hold in their patchworks every patch once if these are as large together", () => {
    const patches = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const { data } = patchwork(ramp, { height: 12, width: 20 }, 4, (i + 0.5) / 4);
      for (let row = 0; row < 3; row++)
        for (let column = 0; column < 5; column++) patches.add(data[row * 4 * 20 + column * 4]!);
    }
    expect(patches.size).toBe(60);
  });
});

const folder = fileURLToPath(emojiModelUrl);
const vae = await openComponent("vae", folderTree(join(folder, "vae")));
const taesd = await openComponent("taesd", folderTree(join(folder, "tiny_autoencoder")));
const decoder: AutoencoderNetwork = {
  network: "vae_decoder",
  direction: "decode",
  build: (area) => buildVaeDecoder({ ...vae, batch: 1, ...area }),
};
const encoder: AutoencoderNetwork = {
  network: "vae_encoder",
  direction: "encode",
  build: ({ height, width }) => buildVaeEncoder({ ...vae, batch: 1, height: 8 * height, width: 8 * width }),
};
const tiny: AutoencoderNetwork = {
  network: "taesd_decoder",
  direction: "decode",
  build: (area) => buildTaesdDecoder({ ...taesd, batch: 1, ...area }),
};

/** Waves that grow from left to right: the statistics of tiles differ, as those of sky and meadow do. */
function waves(channels: number, height: number, width: number, period: number): Planes {
  const data = Float32Array.from({ length: channels * height * width }, (_, i) => {
    const [x, y, c] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    const phase = 0.7 * c + (0.31 * y + 0.17 * (c + 1) * x) / period;
    return (0.1 + (0.9 * x) / width) * Math.sin(phase);
  });
  return { data, channels, height, width };
}

const createCpu = () => createNodeRuntime({ cache: false });

describe("in tiles", () => {
  it("a VAE decodes nearer to the whole than diffusers' tiles, without seams", async () => {
    const run = await autoencoderOf(decoder, waves(4, 28, 40, 1), createCpu);
    const { data: whole } = (await run(false)).sample!;
    const { data: tiled, width } = (await run({ tile: 96 })).sample!;
    expect(distance(tiled, whole).mean).toBeLessThan(diffusersDistance.mean);
    expect(distance(tiled, whole).most).toBeLessThan(diffusersDistance.most);
    const errors = tiled.map((value, i) => value - whole[i]!);
    const { tile, starts } = planTiles(decoder, { height: 28, width: 40 }, { tile: 96 }, 8)!.columns;
    const seams = starts.slice(1).map((start, k) => 4 * (start + starts[k]! + tile));
    const isSeam = (x: number) => seams.some((seam) => Math.abs(seam - x) <= 8);
    const jumps = Array.from({ length: width - 1 }, (_, x) => jumpAfter(errors, width, x));
    const most = (kept: (x: number) => boolean) => Math.max(...jumps.filter((_, x) => kept(x)));
    // At the image's edge every pixel is off by something else, as the layers' padding is.
    expect(most(isSeam)).toBeLessThan(1.2 * most((x) => !isSeam(x) && x >= EDGE && x < width - EDGE));
    await run.dispose();
  }, 180_000);
  it("a VAE decodes on WebAssembly as on the CPU", async () => {
    const latents = waves(4, 14, 18, 1);
    const cpu = await autoencoderOf(decoder, latents, createCpu);
    const wasm = await autoencoderOf(decoder, latents, () => createWasmRuntime({ threads: 2 }));
    const [expected, actual] = [await cpu({ tile: 96 }), await wasm({ tile: 96 })];
    expect(actual.sample!.data).toBeAllclose(expected.sample!.data, { atol: 1e-4 });
    await cpu.dispose();
    await wasm.dispose();
  }, 180_000);

  it("a VAE encodes near to the whole", async () => {
    const run = await autoencoderOf(encoder, waves(3, 160, 224, 8), createCpu);
    const [whole, tiled] = [await run(false), await run({ tile: 96 })];
    const spread = Math.sqrt(
      whole.mean!.data.reduce((sum, value) => sum + value ** 2, 0) / whole.mean!.data.length,
    );
    expect(distance(tiled.mean!.data, whole.mean!.data).mean).toBeLessThan(0.05 * spread);
    await run.dispose();
  });

  it("a TAESD decodes as a whole run does", async () => {
    const run = await autoencoderOf(tiny, waves(4, 28, 40, 1), createCpu);
    const [whole, tiled] = [await run(false), await run({ tile: 96 })];
    // Rounding in another order, and an overlap that is cut at half a tile.
    expect(tiled.sample!.data).toBeAllclose(whole.sample!.data, { atol: 1e-3 });
    await run.dispose();
  });
});

const EDGE = 16;

/** Mean and largest distance of diffusers' tiles (AutoencoderKL, tile_sample_min_size 96, overlap 0.25) on these waves. */
const diffusersDistance = { mean: 0.02153, most: 0.53062 };

function jumpAfter(errors: Float32Array, width: number, x: number): number {
  let sum = 0;
  for (let at = x; at < errors.length; at += width) sum += Math.abs(errors[at + 1]! - errors[at]!);
  return sum / (errors.length / width);
}

describe("planTiles", () => {
  it("runs whole what fits one tile, or 2 GiB by default", () => {
    expect(planTiles(decoder, { height: 64, width: 64 }, { tile: 512 }, 8)).toBeUndefined();
    expect(planTiles(decoder, { height: 128, width: 128 }, "auto", 8)).toBeUndefined();
    expect(planTiles(decoder, { height: 1024, width: 1024 }, false, 8)).toBeUndefined();
    expect(planTiles(decoder, { height: 1024, width: 1024 }, "auto", 8)).toBeDefined();
  });

  it("takes an overlap from the layers, or from the request", () => {
    const area = { height: 128, width: 96 };
    const own = planTiles(decoder, area, { tile: 256 }, 8)!;
    expect(own.rows.starts.length).toBeGreaterThan(own.columns.starts.length);
    const overlapOf = ({ tile, starts }: typeof own.rows) => starts[0]! + tile - starts[1]!;
    expect(overlapOf(own.rows)).toBeGreaterThan(2 * own.radius);
    const given = planTiles(decoder, area, { tile: 256, overlap: 60 }, 8)!;
    expect(overlapOf(given.rows)).toBeGreaterThanOrEqual(8);
  });
});

describe("vaeTiling", () => {
  it("takes auto, true, false and sizes", () => {
    expect(readVaeTiling(undefined, 8)).toBe("auto");
    expect(readVaeTiling(false, 8)).toBe(false);
    expect(readVaeTiling(true, 8)).toEqual({ tile: 512 });
    expect(readVaeTiling({ tile: 256, overlap: 32 }, 8)).toEqual({ tile: 256, overlap: 32 });
  });

  it.each([["yes"], [null], [{ tile: 100 }], [{ tile: 8 }], [{ tile: 256, overlap: 200 }]])(
    "refuses %j",
    (value) => {
      expect(() => readVaeTiling(value, 8)).toThrowError(
        expect.objectContaining({ code: "PIPELINE_OPTION", message: expect.stringContaining("vaeTiling") }),
      );
    },
  );
});

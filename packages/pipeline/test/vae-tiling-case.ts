import { join } from "node:path";
import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { buildVaeDecoder } from "@sunstep/networks";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { allclose, type KindChecker, readSafetensors } from "@sunstep/testing";
import { Run } from "../src/run.js";
import { SessionCache } from "../src/sessions/session-cache.js";
import type { Outputs } from "../src/tiling/autoencoder-run.js";
import type { Planes } from "../src/tiling/planes.js";
import { runAutoencoder } from "../src/tiling/run-autoencoder.js";
import { type AutoencoderNetwork, planTiles } from "../src/tiling/tile-plan.js";
import type { VaeTiling } from "../src/tiling/vae-tiling.js";

interface VaeTilingCase {
  readonly model: string;
  readonly file: string;
  readonly atol: number;
  /** diffusers' tiles, and how far their result is from the whole. */
  readonly tiling: {
    readonly tileSampleMinSize: number;
    readonly overlapFactor: number;
    readonly meanAbs: number;
    readonly maxAbs: number;
  };
}

/** Decodes whole as the reference, and in tiles of diffusers' size at least as near to it as diffusers. */
export const kind: KindChecker = {
  kind: "vae-tiling",
  async check(testCase, dir) {
    const { model, file, atol, tiling } = testCase as unknown as VaeTilingCase;
    const vae = await openComponent("vae", folderTree(join(dir, model, "vae")));
    const golden = readSafetensors(join(dir, file));
    const expected = golden.get("out.decoded")!.data as Float32Array;
    const { data, shape } = golden.get("in.latents")!;
    const [, channels = 4, height = 1, width = 1] = shape;
    const unscaled = Float32Array.from(data as Float32Array, (value) => value / vae.config.scaling_factor);
    const run = await autoencoderOf(
      {
        network: "vae_decoder",
        direction: "decode",
        build: (area) => buildVaeDecoder({ ...vae, batch: 1, ...area }),
      },
      { data: unscaled, channels, height, width },
      () => createNodeRuntime({ cache: false }),
    );
    const decode = async (given: VaeTiling) => (await run(given)).sample!.data;
    try {
      const { pass, message } = allclose(await decode(false), expected, { atol });
      if (!pass) throw new Error(`decoded whole: ${message}`);
      const tile = tiling.tileSampleMinSize;
      for (const sizes of [{ tile }, { tile, overlap: tile * tiling.overlapFactor }]) {
        const { mean, most } = distance(await decode(sizes), expected);
        if (mean > tiling.meanAbs || most > tiling.maxAbs)
          throw new Error(
            `in tiles ${JSON.stringify(sizes)}: off by ${mean} on average and ${most} at most, diffusers' by ${tiling.meanAbs} and ${tiling.maxAbs}`,
          );
      }
    } finally {
      await run.dispose();
    }
  },
};

type Autoencoder = ((tiling: VaeTiling) => Promise<Outputs>) & { readonly dispose: () => Promise<void> };

/** Runs a decoder or an encoder on one input, whole or in tiles. */
export async function autoencoderOf(
  network: AutoencoderNetwork,
  input: Planes,
  createRuntime: () => Promise<Runtime>,
): Promise<Autoencoder> {
  const runtime = await createRuntime();
  const sessions = new SessionCache({ runtime }, 8);
  const cell = network.direction === "encode" ? 8 : 1;
  const area = { height: input.height / cell, width: input.width / cell };
  const run = (tiling: VaeTiling) =>
    runAutoencoder(input, {
      network,
      area,
      plan: planTiles(network, area, tiling, 8),
      sessions,
      run: new Run({}),
    });
  return Object.assign(run, {
    async dispose() {
      await sessions.dispose();
      await runtime.dispose();
    },
  });
}

/** Mean and largest absolute difference. */
export function distance(actual: Float32Array, expected: Float32Array): { mean: number; most: number } {
  let sum = 0;
  let most = 0;
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs(actual[i]! - value);
    sum += difference;
    most = Math.max(most, difference);
  }
  return { mean: sum / expected.length, most };
}

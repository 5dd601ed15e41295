import type { Component, TaesdConfig } from "@sunstep/checkpoint";
import { buildTaesdDecoder, buildTaesdEncoder } from "@sunstep/networks";
import type { KindChecker } from "@sunstep/testing";
import { openGolden } from "../golden.js";
import { openTaesd, openTaesdFiles } from "../models.js";
import { named } from "../networks.js";
import { runOnce } from "../session.js";

interface Outputs {
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

/** A diffusers folder. */
export const kind: KindChecker = {
  kind: "taesd",
  async check(testCase, dir) {
    const { model, ...outputs } = testCase as unknown as Outputs & { readonly model: string };
    await checkTaesd(await openTaesd(dir, model), outputs, dir);
  },
};

/** Two files in the authors' names. */
export const originalKind: KindChecker = {
  kind: "taesd-original",
  async check(testCase, dir) {
    const { encoder, decoder, ...outputs } = testCase as unknown as Outputs & {
      readonly encoder: string;
      readonly decoder: string;
    };
    await checkTaesd(await openTaesdFiles(dir, encoder, decoder), outputs, dir);
  },
};

async function checkTaesd(
  taesd: Component<TaesdConfig>,
  { file, outputs, atol }: Outputs,
  dir: string,
): Promise<void> {
  const golden = openGolden(dir, file);
  const sized = (shape: readonly number[]) => {
    const [batch = 1, , height = 1, width = 1] = shape;
    return { ...taesd, batch, height, width };
  };
  const image = golden.input("image");
  const given = golden.input("latents");
  const { latents } = await runOnce(buildTaesdEncoder(sized(image.shape)), { sample: image });
  const { sample } = await runOnce(buildTaesdDecoder(sized(given.shape)), { latents: given });
  const results = { latents: latents!, decoded: sample! };
  for (const output of outputs) golden.compare(output, named(results, output), atol);
}

import { buildTaesdDecoder, buildTaesdEncoder } from "@sunstep/networks";
import type { KindChecker } from "@sunstep/testing";
import { openGolden } from "../golden.js";
import { openTaesd } from "../models.js";
import { named } from "../networks.js";
import { runOnce } from "../session.js";

interface TaesdCase {
  readonly model: string;
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "taesd",
  async check(testCase, dir) {
    const { model, file, outputs, atol } = testCase as unknown as TaesdCase;
    const golden = openGolden(dir, file);
    const taesd = await openTaesd(dir, model);
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
  },
};

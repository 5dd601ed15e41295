import type { KindChecker } from "../kind.js";
import { openGolden } from "../golden.js";
import { openUNet } from "../models.js";
import { runUNet } from "../networks.js";

interface UNetCase {
  readonly model: string;
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "unet",
  async check(testCase, dir) {
    const { model, file, outputs, atol } = testCase as unknown as UNetCase;
    const golden = openGolden(dir, file);
    const eps = await runUNet({ unet: await openUNet(dir, model), golden });
    for (const output of outputs) golden.compare(output, eps, atol);
  },
};

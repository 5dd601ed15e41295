import type { KindChecker } from "@sunstep/testing";
import { openGolden, promptsOf } from "../golden.js";
import { openUNet } from "../models.js";
import { runUNet } from "../networks.js";

interface UNetCase {
  readonly model: string;
  readonly file: string;
  /** "the last 77", where the file's prompt has a negative one at its end. */
  readonly negativeTokens?: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "unet",
  async check(testCase, dir) {
    const { model, file, negativeTokens, outputs, atol } = testCase as unknown as UNetCase;
    const golden = openGolden(dir, file);
    const eps = await runUNet({
      unet: await openUNet(dir, model),
      golden,
      prompt: promptsOf(golden, negativeTokens).positive,
    });
    for (const output of outputs) golden.compare(output, eps, atol);
  },
};

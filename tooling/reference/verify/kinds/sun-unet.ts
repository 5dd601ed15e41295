// A U-Net with a SUN adapter at full strength. The golden file's prompt is the positive tokens, then the negative ones.

import { join } from "node:path";
import { openSafetensors } from "@sunstep/checkpoint";
import { fileSource } from "@sunstep/checkpoint/node";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import { tensor } from "@sunstep/tensor";
import type { KindChecker } from "@sunstep/testing";
import { openGolden, promptsOf } from "../golden.js";
import { openUNet } from "../models.js";
import { runUNet } from "../networks.js";

interface SunCase {
  readonly model: string;
  readonly adapter: string;
  readonly norm: "sample" | "batch";
  /** "the last 77" */
  readonly negativeTokens: string;
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "sun-unet",
  async check(testCase, dir) {
    const { model, adapter, norm, file, outputs, atol, ...rest } = testCase as unknown as SunCase;
    const golden = openGolden(dir, file);
    const { positive, negative } = promptsOf(golden, rest.negativeTokens);
    const opened = await openSafetensors(await fileSource(join(dir, adapter)));
    const eps = await runUNet({
      unet: await openUNet(dir, model),
      golden,
      prompt: positive,
      passes: [addSunAdapter(readSunAdapter(opened), { norm, negativeTokens: negative.shape[1]! })],
      moreFeeds: { negative_hidden_states: negative, sun_scale: tensor(Float32Array.of(1), [1]) },
    });
    for (const output of outputs) golden.compare(output, eps, atol);
  },
};

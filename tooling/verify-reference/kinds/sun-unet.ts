// A U-Net with a SUN adapter at full strength. The golden file's prompt is the positive tokens, then the negative ones.
import { join } from "node:path";
import { openSafetensors } from "@sunstep/checkpoint";
import { fileSource } from "@sunstep/checkpoint/node";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import { tensor } from "@sunstep/tensor";
import { openGolden, sliceTokens } from "../golden.js";
import type { KindChecker } from "../kind.js";
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
    const both = golden.input("encoder_hidden_states");
    const total = both.shape[1]!;
    const negativeTokens = Number(/\d+/.exec(rest.negativeTokens)?.[0]);
    const opened = await openSafetensors(await fileSource(join(dir, adapter)));
    const eps = await runUNet({
      unet: await openUNet(dir, model),
      golden,
      prompt: sliceTokens(both, 0, total - negativeTokens),
      passes: [addSunAdapter(readSunAdapter(opened), { norm, negativeTokens })],
      moreFeeds: {
        negative_hidden_states: sliceTokens(both, total - negativeTokens, total),
        sun_scale: tensor(Float32Array.of(1), [1]),
      },
    });
    for (const output of outputs) golden.compare(output, eps, atol);
  },
};

import type { KindChecker } from "@sunstep/testing";
import { openGolden } from "../golden.js";
import { openVaeFile } from "../models.js";
import { checkVae } from "../networks.js";

interface VaeFileCase {
  readonly vae: string;
  /** Folder of a config.json. */
  readonly configs: string;
  readonly scalingFactor: number;
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

/** A VAE in a file of its own. */
export const kind: KindChecker = {
  kind: "vae-file",
  async check(testCase, dir) {
    const { vae: file, configs, scalingFactor, ...golden } = testCase as unknown as VaeFileCase;
    const { config, weights } = await openVaeFile({ file, configs }, dir);
    const vae = { weights, config: { ...config, scaling_factor: scalingFactor } };
    await checkVae(vae, openGolden(dir, golden.file), golden.outputs, golden.atol);
  },
};

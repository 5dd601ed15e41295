import type { KindChecker } from "@sunstep/testing";
import { openGolden } from "../golden.js";
import { openVae } from "../models.js";
import { checkVae } from "../networks.js";

interface VaeCase {
  readonly model: string;
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "vae",
  async check(testCase, dir) {
    const { model, file, outputs, atol } = testCase as unknown as VaeCase;
    await checkVae(await openVae(dir, model), openGolden(dir, file), outputs, atol);
  },
};

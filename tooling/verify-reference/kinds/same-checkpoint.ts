// One model in several packings (folder, variant, single file) gives the same numbers.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { openGolden } from "../golden.js";
import type { KindChecker } from "../kind.js";
import { checkTextEncoder, checkVae, runUNet } from "../networks.js";

interface SameCheckpointCase {
  readonly checkpoint: string;
  readonly variant: string | null;
  /** Golden files of each network. */
  readonly unet: string;
  readonly textEncoder: string;
  readonly vae: string;
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "same-checkpoint",
  async check(testCase, dir) {
    const given = testCase as unknown as SameCheckpointCase;
    const path = join(dir, given.checkpoint);
    const files = (await stat(path)).isDirectory() ? folderTree(path) : await fileSource(path);
    const checkpoint = await openCheckpoint(files, given.variant === null ? {} : { variant: given.variant });
    const golden = openGolden(dir, given.unet);
    golden.compare("out.eps", await runUNet({ unet: checkpoint.unet, golden }), given.atol);
    const textOutputs = ["out.last_hidden_state", "out.hidden_states", "out.pooler_output"];
    await checkTextEncoder(checkpoint.textEncoder, openGolden(dir, given.textEncoder), textOutputs, given.atol);
    const vaeOutputs = ["out.decoded", "out.mean", "out.logvar"];
    await checkVae(checkpoint.vae, openGolden(dir, given.vae), vaeOutputs, given.atol);
  },
};

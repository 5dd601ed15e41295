// One model in several packings (folder, variant, single file) gives the same numbers.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint, type SingleFileOptions } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { type KindChecker, readSafetensors } from "@sunstep/testing";
import { openGolden } from "../golden.js";
import { singleFileConfig } from "../models.js";
import { checkTextEncoder, checkVae, runUNet } from "../networks.js";

interface SameCheckpointCase {
  readonly kind: string;
  readonly checkpoint: string;
  readonly variant: string | null;
  /** Golden files of each network. */
  readonly unet: string;
  readonly textEncoder: string;
  readonly textEncoder2?: string;
  readonly vae: string;
  /** The folder of the same model whose configs a single file needs. */
  readonly configs?: string;
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "same-checkpoint",
  async check(testCase, dir) {
    const given = testCase as unknown as SameCheckpointCase;
    const { unet, textEncoders, vae } = await openGiven(given, dir);
    const golden = openGolden(dir, given.unet);
    golden.compare(
      "out.eps",
      await runUNet({ unet, golden, prompt: golden.input("encoder_hidden_states") }),
      given.atol,
    );
    for (const [index, file] of [given.textEncoder, given.textEncoder2].entries()) {
      if (file === undefined) continue;
      const outputs = [...readSafetensors(join(dir, file)).keys()].filter((name) => name.startsWith("out."));
      await checkTextEncoder(textEncoders[index]!, openGolden(dir, file), outputs, given.atol);
    }
    const vaeOutputs = ["out.decoded", "out.mean", "out.logvar"];
    await checkVae(vae, openGolden(dir, given.vae), vaeOutputs, given.atol);
  },
};

async function openGiven(given: SameCheckpointCase, dir: string) {
  const path = join(dir, given.checkpoint);
  if (await isFolder(path))
    return openCheckpoint(folderTree(path), given.variant === null ? {} : { variant: given.variant });
  const config = given.configs
    ? await singleFileConfig(join(dir, given.configs))
    : await headsOfSameModel(given, dir);
  return openCheckpoint(await fileSource(path), config ? { config } : {});
}

/**
 * A single file does not state its numbers of attention heads and norm groups; they are known for the published widths. For
 * other widths they come from the config.json of the folder that holds the same model.
 */
async function headsOfSameModel(
  given: SameCheckpointCase,
  dir: string,
): Promise<SingleFileOptions["config"] | undefined> {
  const { cases } = JSON.parse(await readFile(join(dir, "cases.json"), "utf8")) as {
    cases: SameCheckpointCase[];
  };
  for (const other of cases) {
    if (other.kind !== given.kind || other.unet !== given.unet || other.textEncoder !== given.textEncoder)
      continue;
    const path = join(dir, other.checkpoint);
    if (!(await isFolder(path))) continue;
    return singleFileConfig(path);
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}

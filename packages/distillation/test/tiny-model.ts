import { readFile } from "node:fs/promises";
import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { Runtime } from "@sunstep/runtime";
import { fixture } from "@sunstep/testing";
import { createTokenizer } from "@sunstep/tokenizer";
import type { TrainedModel } from "../src/trained-model.js";

/** A model of SD1's form with random weights: latents of 8x8. */
export async function tinyModel(runtime: Runtime): Promise<TrainedModel> {
  const folder = fixture("tiny-sd15");
  const { unet, textEncoder, vae, schedulerConfig } = await openCheckpoint(folderTree(folder));
  const text = (name: string) => readFile(`${folder}/tokenizer/${name}`, "utf8");
  const tokenizer = createTokenizer({ vocab: await text("vocab.json"), merges: await text("merges.txt") });
  return { name: "tiny-sd15", runtime, unet, textEncoder, vae, tokenizer, schedulerConfig };
}

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { emojiDefaults, emojiModelUrl } from "@sunstep/emoji-model";
import type { Runtime } from "@sunstep/runtime";
import { createTokenizer } from "@sunstep/tokenizer";
import type { PipelineParts } from "../src/index.js";

/** The parts of the embedded model, over any runtime. */
export async function emojiParts(runtime: Runtime): Promise<PipelineParts> {
  const checkpoint = await openCheckpoint(await folderTree(fileURLToPath(emojiModelUrl)));
  const text = (name: string) => readFile(new URL(`tokenizer/${name}`, emojiModelUrl), "utf8");
  const tokenizer = createTokenizer({ vocab: await text("vocab.json"), merges: await text("merges.txt") });
  return { ...checkpoint, runtime, tokenizer, defaults: emojiDefaults };
}

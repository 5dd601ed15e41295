// Textual inversions in the file of a LoRA that was trained with them, as AUTOMATIC1111 reads them
// (extensions-builtin/Lora/networks.py): bundle_emb.NAME.string_to_param.*, bundle_emb.NAME.clip_l.

import { type Embedding, readEmbedding, type SafetensorsFile, type WeightRef } from "@sunstep/checkpoint";

/** A word, and the vectors that it stands for. */
export interface BundledEmbedding {
  readonly name: string;
  readonly embedding: Embedding;
}

const bundled = /^bundle_emb\.([^.]+)\.(.+)$/;

export const isBundled = (name: string): boolean => bundled.test(name);

/** @throws SunstepError EMBEDDING_FORMAT, EMBEDDING_LENGTH, CHECKPOINT_… */
export async function bundledEmbeddings({
  source,
  weights,
}: Pick<SafetensorsFile, "source" | "weights">): Promise<readonly BundledEmbedding[]> {
  const words = new Map<string, Map<string, WeightRef>>();
  for (const name of weights.names()) {
    const [, word, tensor] = bundled.exec(name) ?? [];
    if (word === undefined) continue;
    const tensors = words.get(word) ?? new Map<string, WeightRef>();
    words.set(word, tensors.set(tensor!, weights.get(name)));
  }
  return Promise.all(
    [...words].map(async ([name, tensors]) => ({
      name,
      embedding: await readEmbedding(tensors, `${source.name} (bundle_emb.${name})`),
    })),
  );
}

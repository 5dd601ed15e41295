import { join } from "node:path";
import {
  checkEmbedding,
  hasTextProjection,
  openCheckpoint,
  openEmbedding,
  vectorCount,
} from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { addTokenEmbeds, buildTextEncoder, GIVEN_TOKEN } from "@sunstep/networks";
import { openTextEncoders } from "@sunstep/pipeline";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { KindChecker } from "@sunstep/testing";
import { addWords } from "@sunstep/tokenizer";
import { openGolden } from "../golden.js";
import { named } from "../networks.js";
import { runOnce } from "../session.js";

interface EmbeddingCase {
  readonly model: string;
  readonly embeddings: readonly { readonly file: string; readonly token: string }[];
  readonly prompts: readonly string[];
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

/** Ids and encoded prompts that name textual inversions. */
export const kind: KindChecker = {
  kind: "embedding",
  async check(testCase, dir) {
    const { model, prompts, file, outputs, atol, ...given } = testCase as unknown as EmbeddingCase;
    const golden = openGolden(dir, file);
    const encoders = await openTextEncoders(await openCheckpoint(folderTree(join(dir, model))));
    const embeddings = await Promise.all(
      given.embeddings.map(async ({ file }) => openEmbedding(await fileSource(join(dir, file)))),
    );
    const words = embeddings.map((embedding, i) => {
      checkEmbedding(embedding, encoders);
      return { name: given.embeddings[i]!.token, length: vectorCount(embedding) };
    });
    const isXl = encoders.length > 1;
    const results: Record<string, Tensor> = {};
    for (const [i, { name, tokenizer, config, weights }] of encoders.entries()) {
      const suffix = i === 0 ? "" : `_${i + 1}`;
      const rows = embeddings.flatMap(({ vectors }) => [...vectors[name]!.data]);
      const ids = prompts.flatMap((prompt) => addWords(tokenizer, words).encode(prompt).ids);
      const [batch, tokens, width] = [prompts.length, tokenizer.maxLength, config.hidden_size];
      const row = (id: number) => (id - tokenizer.vocabularySize) * width;
      const feeds = {
        input_ids: int64(
          ids.map((id) => (row(id) < 0 ? id : GIVEN_TOKEN)),
          [batch, tokens],
        ),
        token_embeds: tensor(
          Float32Array.from(
            ids.flatMap((id) =>
              row(id) < 0 ? Array<number>(width).fill(0) : rows.slice(row(id), row(id) + width),
            ),
          ),
          [batch, tokens, width],
        ),
      };
      const textEmbeds = isXl && hasTextProjection(config);
      const taken = isXl ? { clipSkip: 1, finalNorm: false, textEmbeds } : {};
      const network = addTokenEmbeds.run(buildTextEncoder({ config, weights, batch, ...taken })).model;
      const { last_hidden_state, text_embeds } = await runOnce(network, feeds);
      results[`input_ids${suffix}`] = int64(ids, [batch, tokens]);
      results[`${isXl ? "penultimate" : "last_hidden_state"}${suffix}`] = last_hidden_state!;
      if (text_embeds) results.text_embeds = text_embeds;
    }
    for (const output of outputs)
      golden.compare(output, named(results, output), /input_ids/.test(output) ? 0 : atol);
  },
};

function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return tensor(BigInt64Array.from(values, BigInt), shape, "int64");
}

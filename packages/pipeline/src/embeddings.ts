import { concatenate } from "./concatenate.js";

/** Encoded prompts: [batch, tokens, width], flat. */
export interface Embeddings {
  readonly data: Float32Array;
  readonly batch: number;
  readonly tokens: number;
  readonly width: number;
}

/** Rows `index` of a batch, as a view. */
export function row({ data, tokens, width }: Embeddings, index: number): Embeddings {
  const size = tokens * width;
  return { data: data.subarray(index * size, (index + 1) * size), batch: 1, tokens, width };
}

/** Each row `count` times in a row: pictures of one prompt lie side by side, as in diffusers. */
export function repeatRows(embeddings: Embeddings, count: number): Embeddings {
  if (count === 1) return embeddings;
  const { batch, tokens, width } = embeddings;
  const data = concatenate(
    Array.from({ length: batch * count }, (_, i) => row(embeddings, Math.floor(i / count)).data),
  );
  return { data, batch: batch * count, tokens, width };
}

/** Stacks rows of equal length into one batch. */
export function stackRows(rows: readonly Embeddings[]): Embeddings {
  const { tokens, width } = rows[0]!;
  return { data: concatenate(rows.map((one) => one.data)), batch: rows.length, tokens, width };
}

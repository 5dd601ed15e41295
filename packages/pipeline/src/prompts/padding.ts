import type { ClipTokenizer, PromptChunk } from "@sunstep/tokenizer";

/** A prompt as one text encoder reads it, filled up with empty chunks. */
export interface ReadPrompt {
  readonly tokenizer: Pick<ClipTokenizer, "eosTokenId">;
  readonly chunks: readonly PromptChunk[];
  /** Chunks of the prompt itself, the first ones. */
  readonly own: number;
}

/** Tells which tokens are padding to all text encoders: those behind a chunk's end token, and chunks that fill up. */
export function paddingOf(encoders: readonly ReadPrompt[]): readonly boolean[] {
  const [first, ...others] = encoders.map(({ tokenizer, chunks, own }) =>
    chunks.flatMap(({ ids }, chunk) => {
      const end = ids.indexOf(tokenizer.eosTokenId);
      return ids.map((_, place) => chunk >= own || (end >= 0 && place > end));
    }),
  );
  return (first ?? []).map((isPadding, i) => isPadding && others.every((other) => other[i] !== false));
}

import type { Tensor } from "@sunstep/tensor";
import type { TextEncoderName } from "../checkpoint.js";

/** Vectors that stand for a word of prompts (textual inversion, arXiv 2208.01618). */
export interface Embedding {
  /** For messages: the file. */
  readonly where: string;
  /** The word, where the file tells it, as diffusers' files do. Elsewhere it is the file's name. */
  readonly token?: string;
  /** Vectors in place of a text encoder's token embeddings, [vectors, width]: as many for each text encoder. */
  readonly vectors: Readonly<Partial<Record<TextEncoderName, Tensor<"float32">>>>;
}

/** The number of vectors, each of which takes the place of a token. */
export function vectorCount({ vectors }: Embedding): number {
  return Object.values(vectors)[0]!.shape[0]!;
}

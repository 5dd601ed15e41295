import type { Embedding } from "@sunstep/checkpoint";

/** A word that prompts may contain, and the vectors that it stands for (textual inversion). */
export interface NamedEmbedding {
  readonly name: string;
  /**
   * The vectors; or a function that opens them when a prompt has the word. Where that fails for a bare word, the word is
   * text, with a warning: `embedding:name` and vectors that are there already must fit the model.
   */
  readonly embedding: Embedding | (() => Promise<Embedding>);
}

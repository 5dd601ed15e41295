import { type Checkpoint, checkEmbedding, type Embedding } from "@sunstep/checkpoint";
import type { NamedEmbedding } from "@sunstep/pipeline";
import type { EmbeddingFolder } from "./embedding-folder.js";
import { knownAdapter } from "./known-adapter.js";

/** The textual inversions of a model: those that are loaded, and those of a folder. */
export class ModelEmbeddings {
  readonly #loaded = new Map<string, Embedding>();
  readonly #folder: EmbeddingFolder | undefined;

  constructor(folder: EmbeddingFolder | undefined) {
    this.#folder = folder;
  }

  get names(): readonly string[] {
    return [...this.#loaded.keys()];
  }

  /**
   * Adds an embedding, or replaces the one of the same name.
   * @throws SunstepError EMBEDDING_MODEL
   */
  add(name: string, embedding: Embedding, { textEncoders }: Checkpoint): void {
    checkEmbedding(embedding, textEncoders);
    this.#loaded.set(name, embedding);
  }

  /** @throws ADAPTER_UNKNOWN */
  remove(name: string): void {
    knownAdapter(this.#loaded, name);
    this.#loaded.delete(name);
  }

  /** Returns the words that prompts may contain. `bundled` come with the LoRAs of the call. */
  async words(bundled: readonly NamedEmbedding[]): Promise<readonly NamedEmbedding[]> {
    const loaded = [...this.#loaded].map(([name, embedding]) => ({ name, embedding }));
    return [...loaded, ...bundled, ...((await this.#folder?.words()) ?? [])];
  }
}

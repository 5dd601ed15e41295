import { checkEmbedding, type Embedding, type TextEncoderName, vectorCount } from "@sunstep/checkpoint";
import { SunstepError } from "@sunstep/errors";
import { type AddedWord, addWords, type ClipTokenizer, parsePrompt, wordFinder } from "@sunstep/tokenizer";
import type { TextEncoderModule } from "../components.js";
import { pipelineWarning } from "../errors.js";
import type { PromptSyntax } from "../request/request-settings.js";
import type { Run } from "../run.js";
import { identityOf } from "../sessions/identity.js";
import { concatenate } from "./concatenate.js";
import type { NamedEmbedding } from "./named-embedding.js";

/** The words of a request's prompts that stand for vectors. */
export interface PromptWords {
  readonly words: readonly AddedWord[];
  /** Tells the vectors apart from those of other requests. */
  readonly key: string;
  readonly embeddings: readonly Embedding[];
}

/** The vectors of one text encoder. */
export interface TokenVectors {
  readonly key: string;
  /** The id of the first vector; the others follow. */
  readonly firstId: number;
  /** [vectors, width], flat. */
  readonly rows: Float32Array;
}

interface TextsToSearch {
  readonly texts: Iterable<string>;
  readonly promptSyntax: PromptSyntax;
}

/**
 * Opens the embeddings that the texts name.
 * @throws SunstepError EMBEDDING_MODEL, codes of `checkpointErrors`
 */
export async function promptWords(
  { texts, promptSyntax }: TextsToSearch,
  embeddings: readonly NamedEmbedding[],
  encoders: readonly TextEncoderModule[],
  run: Run,
): Promise<PromptWords> {
  const find = wordFinder(embeddings.map(({ name }) => name));
  const isExplicit = new Map<number, boolean>();
  for (const text of texts) {
    const pieces =
      promptSyntax === "plain"
        ? [text]
        : parsePrompt(text).map((part) => (part.kind === "text" ? part.text : ""));
    for (const found of pieces.flatMap(find))
      isExplicit.set(found.word, found.isExplicit || (isExplicit.get(found.word) ?? false));
  }
  const opened: { name: string; embedding: Embedding }[] = [];
  for (const [word, explicit] of isExplicit) {
    const { name, embedding } = embeddings[word]!;
    try {
      const vectors = typeof embedding === "function" ? await embedding() : embedding;
      checkEmbedding(vectors, encoders);
      opened.push({ name, embedding: vectors });
    } catch (error) {
      if (explicit || typeof embedding !== "function" || !SunstepError.isInstance(error)) throw error;
      run.warn(
        pipelineWarning(
          "EMBEDDING_UNUSED",
          `the word ${JSON.stringify(name)} of a prompt names an embedding that cannot be used, and stays a word: ${error.message}`,
          { name },
        ),
      );
    }
  }
  return {
    words: opened.map(({ name, embedding }) => ({ name, length: vectorCount(embedding) })),
    key: opened.map(({ embedding }) => identityOf(embedding)).join(" "),
    embeddings: opened.map(({ embedding }) => embedding),
  };
}

/** The tokenizer of a text encoder that knows the words. */
export function tokenizerWith({ words }: PromptWords, { tokenizer }: TextEncoderModule): ClipTokenizer {
  return addWords(tokenizer, words);
}

export function tokenVectors(
  { key, embeddings }: PromptWords,
  { name, tokenizer }: { readonly name: TextEncoderName; readonly tokenizer: ClipTokenizer },
): TokenVectors {
  return {
    key,
    firstId: tokenizer.vocabularySize,
    rows: concatenate(embeddings.map(({ vectors }) => vectors[name]!.data)),
  };
}

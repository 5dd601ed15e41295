import { type Embedding, embeddingToken, type FileTree, openEmbedding } from "@sunstep/checkpoint";
import type { NamedEmbedding } from "@sunstep/pipeline";
import { sunstepError } from "../errors.js";

/** Files that are offered as words. Pickles are refused when a prompt names them, with advice. */
const FILE = /([^/]*)\.(safetensors|pt|bin)$/i;

interface FileOfWord {
  readonly path: string;
  readonly names: readonly string[];
}

/** Textual inversions by the names of their files, or the words that diffusers' files tell. Only listed files are opened. */
export class EmbeddingFolder {
  readonly #files: FileTree;
  readonly #open = new Map<string, Promise<Embedding>>();
  readonly #tokens = new Map<string, Promise<string | undefined>>();

  constructor(files: FileTree) {
    this.#files = files;
  }

  /** Lists the words. Their files are opened when a prompt has them. */
  async words(): Promise<readonly NamedEmbedding[]> {
    const byName = new Map<string, string[]>();
    for (const { path, names } of await this.#listed())
      for (const name of names) byName.set(name, [...(byName.get(name) ?? []), path]);
    return [...byName].map(([name, paths]) => ({ name, embedding: () => this.#opened(name, paths) }));
  }

  async #listed(): Promise<readonly FileOfWord[]> {
    const paths = (await this.#files.list()).filter((path) => FILE.test(path));
    return Promise.all(
      paths.map(async (path) => {
        const [, stem = path] = FILE.exec(path) ?? [];
        const token = /\.safetensors$/i.test(path) ? await this.#token(path) : undefined;
        return { path, names: token === undefined || token === stem ? [stem] : [stem, token] };
      }),
    );
  }

  /** Reads the word in a header, once for each file. A file that is damaged has none. */
  async #token(path: string): Promise<string | undefined> {
    const source = await this.#files.open(path);
    if (!source) return undefined;
    const key = `${path} ${source.size}`;
    const token = this.#tokens.get(key) ?? embeddingToken(source).catch(() => undefined);
    this.#tokens.set(key, token);
    return token;
  }

  /** @throws SunstepError PROMPT_EMBEDDING_AMBIGUOUS, EMBEDDING_…, CHECKPOINT_… */
  async #opened(name: string, paths: readonly string[]): Promise<Embedding> {
    const readable = paths.filter((path) => /\.safetensors$/i.test(path));
    const [path, ...others] = readable.length > 0 ? readable : paths;
    if (others.length > 0) {
      throw sunstepError(
        "PROMPT_EMBEDDING_AMBIGUOUS",
        `embedding:${name}: ${[path, ...others].join(" and ")} are files of this name. Rename one of them`,
        { name, files: [path, ...others] },
      );
    }
    const source = (await this.#files.open(path!))!;
    // A file that was replaced is most likely of another size.
    const key = `${path} ${source.size}`;
    const opened = this.#open.get(key) ?? openEmbedding(source);
    opened.catch(() => this.#open.delete(key));
    this.#open.set(key, opened);
    return opened;
  }
}

import { type FileTree, openSafetensors } from "@sunstep/checkpoint";
import { nearNames } from "@sunstep/errors";
import { sunstepError } from "../errors.js";
import { fileStem } from "../loading/model-source.js";
import { type LoraModel, type OpenedLora, openRecognisedLora } from "./open-lora.js";

/** LoRA files by the names that prompts call them. A name never becomes a path: only listed files are opened. */
export class LoraFolder {
  readonly #files: FileTree;
  readonly #model: LoraModel;
  readonly #open = new Map<string, Promise<OpenedLora>>();

  constructor(files: FileTree, model: LoraModel) {
    this.#files = files;
    this.#model = model;
  }

  /**
   * Opens the LoRA of a name: a file's, without folder and ending, or else the one that its trainer gave it (ss_output_name
   * of the metadata, AUTOMATIC1111's alias).
   * @throws SunstepError PROMPT_LORA_UNKNOWN, PROMPT_LORA_AMBIGUOUS, LORA_…, CHECKPOINT_…
   */
  async open(name: string): Promise<OpenedLora> {
    const paths = (await this.#files.list()).filter((path) => /\.safetensors$/i.test(path));
    const named = paths.filter((path) => fileStem(path) === name);
    const found = named.length > 0 ? named : await this.#trainedAs(name, paths);
    const [path] = found;
    if (path === undefined) throw this.#unknown(name, paths);
    if (found.length > 1) {
      throw sunstepError(
        "PROMPT_LORA_AMBIGUOUS",
        `<lora:${name}>: ${found.join(" and ")} are files of this name. Rename one of them`,
        { name, files: found },
      );
    }
    return this.#opened(path);
  }

  async #trainedAs(name: string, paths: readonly string[]): Promise<readonly string[]> {
    const names = await Promise.all(
      paths.map(async (path) => {
        const source = await this.#files.open(path);
        // A file that is damaged is no reason to refuse another.
        const file = source && (await openSafetensors(source).catch(() => undefined));
        return file?.metadata.ss_output_name;
      }),
    );
    return paths.filter((_, i) => names[i] === name);
  }

  async #opened(path: string): Promise<OpenedLora> {
    const source = (await this.#files.open(path))!;
    // A file that was replaced is most likely of another size.
    const key = `${path} ${source.size}`;
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const beside: FileTree = {
      list: () => this.#files.list(),
      open: (file) => this.#files.open(folder + file),
    };
    const opened = this.#open.get(key) ?? openRecognisedLora(source, path, this.#model, beside);
    opened.catch(() => this.#open.delete(key));
    this.#open.set(key, opened);
    return opened;
  }

  #unknown(name: string, paths: readonly string[]) {
    const folder = this.#files.name ?? "the folder of LoRAs";
    const near = nearNames(name, paths.map(fileStem));
    return sunstepError(
      "PROMPT_LORA_UNKNOWN",
      near.length === 0
        ? `<lora:${name}>: ${folder} holds no .safetensors file`
        : `<lora:${name}>: ${folder} holds no such LoRA; names like it: ${near.join(", ")}`,
      { name, near },
    );
  }
}

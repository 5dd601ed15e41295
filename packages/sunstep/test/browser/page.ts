// The page of the browser tests: the public API, driven in plain data.
import { StableDiffusion } from "../../src/browser.js";
import type { FromPretrainedOptions } from "../../src/index.js";

export const sunstepPage = {
  sd: undefined as StableDiffusion | undefined,

  /** Files are fetched by the page and given as Files; those of a folder by their paths in it. */
  async load(
    model:
      | string
      | { readonly file: string }
      | { readonly folder: string; readonly paths: readonly string[] },
    options: FromPretrainedOptions = {},
  ) {
    await this.sd?.dispose();
    const source =
      typeof model === "string"
        ? model
        : "file" in model
          ? await fileAt(model.file)
          : await filesIn(model.folder, model.paths);
    this.sd = await StableDiffusion.fromPretrained(source, options);
    const { architecture, backend } = this.sd;
    return { architecture, backend };
  },

  async dispose() {
    await this.sd?.dispose();
    this.sd = undefined;
  },

  unloadSun: () => sunstepPage.sd!.unloadSun(),
  loadSun: async (file: string) => sunstepPage.sd!.loadSun(await fileAt(file)),
  loadLora: async (file: string) => sunstepPage.sd!.loadLora(await fileAt(file)),

  /** The image, as numbers, and what it says of itself. */
  async generate(prompt: string, options: Parameters<StableDiffusion["generate"]>[1] = {}) {
    const { images, evaluations } = await this.sd!.generate(prompt, options);
    const [image] = images;
    return { data: Array.from(image!.data), parameters: image!.parameters, evaluations };
  },

  /** How a run ends that is cancelled at its first step. */
  async cancelled(prompt: string) {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = ({ type }: { readonly type: string }) => type === "step" && controller.abort();
    return this.sd!.generate(prompt, { steps: 50, signal, onProgress }).then(
      () => "finished",
      (error: { readonly code: string }) => error.code,
    );
  },
};

async function filesIn(folder: string, paths: readonly string[]): Promise<Record<string, File>> {
  const files = paths.map(async (path) => [path, await fileAt(folder + path)] as const);
  return Object.fromEntries(await Promise.all(files));
}

async function fileAt(url: string): Promise<File> {
  const response = await fetch(url);
  return new File([await response.blob()], url.split("/").at(-1)!);
}

Object.assign(globalThis, { sunstepPage });

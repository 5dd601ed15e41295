import {
  adaptableWeights,
  type ByteSource,
  blobSource,
  blobTree,
  type Component,
  type FileTree,
  openCheckpoint,
  openComponent,
  openSafetensors,
  type SafetensorsFile,
  type TaesdConfig,
} from "@sunstep/checkpoint";
import { throwIfAborted } from "@sunstep/errors";
import { openLora } from "@sunstep/lora";
import type { ModelDefaults } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { sunstepError } from "./errors.js";
import type { FromPretrainedOptions } from "./from-pretrained-options.js";
import type { WriteFile } from "./generated-image.js";
import type { ImageGenerator, OpenModel, Platform } from "./image-generator.js";
import { type AdapterSource, filesByPath, type ModelSource, nameOf } from "./model-source.js";
import { openTokenizer } from "./open-tokenizer.js";

/** The files of a model or adapter: a folder's, or one. */
export interface FoundFiles {
  readonly files: FileTree | ByteSource;
  /** The folder that a single file lies in, for files that describe it. */
  readonly beside?: FileTree;
  /** What the model is best used with, where that is known. */
  readonly defaults?: Partial<ModelDefaults>;
  /** The SUN adapter that comes with the model. */
  readonly sun?: { readonly source: AdapterSource; readonly name: string };
  /** The tiny autoencoder that comes with it. */
  readonly taesd?: ModelSource;
}

export interface FindOptions {
  readonly revision?: string | undefined;
  readonly variant?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What loading needs from Node or the browser. */
export interface Loader {
  startRuntime(): Promise<Runtime>;
  /** Finds what a path, URL, hub id or name stands for; downloads it where it must. */
  find(source: string, options: FindOptions): Promise<FoundFiles>;
  readonly writeFile: WriteFile;
}

/** Loads a model with its adapters, and makes a generator of it. Weights stay in their files. */
export async function loadGenerator<G extends ImageGenerator>(
  source: ModelSource,
  options: FromPretrainedOptions,
  loader: Loader,
  make: (model: OpenModel, platform: Platform) => G,
): Promise<G> {
  const { signal, taesd, loras = [], variant, predictionType, config } = options;
  const find = (wanted: ModelSource, more: FindOptions = {}) =>
    findFiles(wanted, { signal, ...more }, loader);
  // It starts while the files are looked for.
  const starting = loader.startRuntime();
  starting.catch(() => undefined);
  try {
    const found = await find(source, { revision: options.revision, variant });
    const checkpoint = await openCheckpoint(found.files, {
      ...(variant !== undefined && { variant }),
      ...(predictionType && { predictionType }),
      ...(config && { config }),
    });
    const generator = make(
      {
        name: options.name ?? nameOf(source),
        checkpoint,
        tokenizer: await openTokenizer(checkpoint),
        taesd: await chooseTaesd(taesd, found.taesd, find),
        defaults: found.defaults ?? {},
        runtime: await starting,
      },
      platform(find, loader.writeFile),
    );
    const abort = signal ? { signal } : {};
    if (options.sun) await generator.loadSun(options.sun, abort);
    else if (options.sun === undefined && found.sun) {
      const { source: adapter, name } = found.sun;
      await generator.loadSun(adapter, { name, ...abort });
    }
    for (const lora of loras) {
      const { path, ...rest } = typeof lora === "object" && "path" in lora ? lora : { path: lora };
      await generator.loadLora(path, { ...rest, ...(signal && { signal }) });
    }
    return generator;
  } catch (error) {
    starting.then((runtime) => runtime.dispose()).catch(() => undefined);
    throw error;
  }
}

type Find = (source: ModelSource, options?: FindOptions) => Promise<FoundFiles>;

function platform(find: Find, writeFile: WriteFile): Platform {
  const openAdapter = async (source: AdapterSource, signal: AbortSignal | undefined) =>
    openAdapterFile(await find(source, { signal }), source);
  return {
    openSun: async (source, signal) => readSunAdapter(await openAdapter(source, signal)),
    openLora: async (source, checkpoint, signal) => {
      const { files, beside } = await find(source, { signal });
      return openLora(files, adaptableWeights(checkpoint), beside && { beside });
    },
    writeFile,
  };
}

async function findFiles(source: ModelSource, options: FindOptions, loader: Loader): Promise<FoundFiles> {
  throwIfAborted(options.signal, `loading ${nameOf(source)}`);
  if (source instanceof Blob) return { files: blobSource(source, nameOf(source)) };
  if (Array.isArray(source)) {
    const files = source as readonly File[];
    return files.length === 1 ? { files: blobSource(files[0]!) } : { files: blobTree(filesByPath(files)) };
  }
  if (typeof source === "object") return { files: blobTree(source as Readonly<Record<string, Blob>>) };
  return loader.find(source, options);
}

/** What is asked for is opened at once, so that what is wrong with it is said now; the model's own when it is needed. */
async function chooseTaesd(
  asked: FromPretrainedOptions["taesd"],
  own: ModelSource | undefined,
  find: Find,
): Promise<OpenModel["taesd"]> {
  const source = asked === true ? (own ?? "taesd") : (asked ?? own);
  if (!source) return undefined;
  if (asked !== undefined) return openTaesd(source, find);
  let opened: Promise<Component<TaesdConfig>> | undefined;
  return () => {
    // Whoever could cancel the loading of the model has no say in this any more.
    opened ??= openTaesd(source, (wanted) => find(wanted, { signal: undefined })).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

async function openTaesd(source: ModelSource, find: Find): Promise<Component<TaesdConfig>> {
  const { files } = await find(source);
  if (!("read" in files)) return openComponent("taesd", files);
  const file = nameOf(source);
  throw sunstepError(
    "TAESD_IS_FILE",
    `${file} is a file: a tiny autoencoder is a folder with its config.json`,
    { file },
  );
}

async function openAdapterFile({ files }: FoundFiles, source: AdapterSource): Promise<SafetensorsFile> {
  if ("read" in files) return openSafetensors(files);
  const file = nameOf(source);
  throw sunstepError("ADAPTER_IS_FOLDER", `${file} is a folder: give the adapter's .safetensors file`, {
    file,
  });
}

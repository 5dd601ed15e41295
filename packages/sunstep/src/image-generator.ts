import type { Architecture, Checkpoint } from "@sunstep/checkpoint";
import { SunstepError, type SunstepWarning } from "@sunstep/errors";
import type { Lora } from "@sunstep/lora";
import {
  checkSunAdapter,
  type ModelDefaults,
  Pipeline,
  type GenerateOptions as PipelineOptions,
  type PipelineParts,
  type GenerateResult as PipelineResult,
} from "@sunstep/pipeline";
import type { SunAdapter } from "@sunstep/sun-adapter";
import { sunstepError } from "./errors.js";
import { GeneratedImage, type WriteFile } from "./generated-image.js";
import { type AdapterSource, nameOf } from "./model-source.js";
import { type NamedScale, parametersText } from "./parameters-text.js";
import { observedRuntime, type ProgressListener, RunObserver } from "./run-observer.js";
import { seedPerImage } from "./seeds.js";
import { version } from "./version.js";

/** What differs between Node and browsers. */
export interface Platform {
  /** Finds and reads adapters; `source` is what the caller gave. */
  openSun(source: AdapterSource, signal?: AbortSignal): Promise<SunAdapter>;
  openLora(source: AdapterSource, checkpoint: Checkpoint, signal?: AbortSignal): Promise<Lora>;
  readonly writeFile: WriteFile;
}

/** A model that is open, with the backend that runs it. */
export interface OpenModel {
  /** For messages and for the pictures' parameters. */
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly runtime: PipelineParts["runtime"];
  readonly tokenizer: PipelineParts["tokenizer"];
  readonly taesd: PipelineParts["taesd"] | undefined;
  readonly defaults: NonNullable<PipelineParts["defaults"]>;
}

export interface GenerateOptions extends Omit<PipelineOptions, "seed" | "onProgress"> {
  /** Picture k gets seed + k, so that each can be made again by itself; a list has one for each. Default: random. */
  readonly seed?: PipelineOptions["seed"];
  readonly onProgress?: ProgressListener;
}

export interface GenerateResult extends Omit<PipelineResult, "images"> {
  readonly images: readonly GeneratedImage[];
}

export interface LoadLoraOptions {
  /** Default 1. */
  readonly scale?: number;
  /** What to call it afterwards. Default: the file's name without folder and ending. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

export interface LoadSunOptions {
  /** What to call it afterwards. Default: the file's name without folder and ending. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

interface LoadedLora extends NamedScale {
  readonly lora: Lora;
}

/**
 * A loaded model that makes pictures. Calls are done one after the other, in the order in which they were made.
 * Adapters can be added, scaled and taken off between them; nothing of the model is read from disk again.
 */
export class ImageGenerator {
  readonly #model: OpenModel;
  readonly #platform: Platform;
  readonly #loras = new Map<string, LoadedLora>();
  #sun: { readonly name: string; readonly adapter: SunAdapter } | undefined;
  #pipeline: Pipeline | undefined;
  /** The run under way; there is one at a time. */
  #observer: RunObserver | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  constructor(model: OpenModel, platform: Platform) {
    this.#model = model;
    this.#platform = platform;
  }

  /** The name that it was loaded by. */
  get model(): string {
    return this.#model.name;
  }

  get architecture(): Architecture {
    return this.#model.checkpoint.architecture;
  }

  /** Size and guidance scale where `generate` is not told. */
  get defaults(): ModelDefaults {
    return this.#currentPipeline().defaults;
  }

  /** What was assumed or left out while loading. */
  get warnings(): readonly SunstepWarning[] {
    const loras = [...this.#loras.values()].flatMap(({ lora }) => lora.warnings);
    return [...this.#model.checkpoint.warnings, ...loras];
  }

  /** The backend and its device, as "onnxruntime-node 1.30.0 (cpu)". */
  get backend(): string {
    const { name, device } = this.#model.runtime;
    return `${name} (${device})`;
  }

  /** The SUN adapter that is loaded, by name. */
  get sun(): string | undefined {
    return this.#sun?.name;
  }

  get loras(): readonly NamedScale[] {
    return [...this.#loras.values()].map(({ name, scale }) => ({ name, scale }));
  }

  /**
   * Makes pictures, `imagesPerPrompt` for each prompt. With a SUN adapter: 4 steps and no guidance, else 25 with.
   * @throws SunstepError: codes of `pipelineErrors`, of the schedulers, the tokenizer and the backend
   */
  generate(prompt: string | readonly string[], options: GenerateOptions = {}): Promise<GenerateResult> {
    return this.#inTurn(async () => {
      const { seed, onProgress: _, ...rest } = options;
      const prompts = options.promptEmbeds?.shape[0] ?? (Array.isArray(prompt) ? prompt.length : 1);
      const seeds = seedPerImage(seed, prompts * (options.imagesPerPrompt ?? 1));
      const observer = new RunObserver(options);
      this.#observer = observer;
      const result = await this.#currentPipeline().generate(prompt, {
        ...rest,
        onProgress: observer.onPipelineEvent,
        ...(seeds !== undefined && { seed: seeds }),
      });
      return {
        ...result,
        timings: observer.timings(result.timings),
        images: result.images.map((image, index) => this.#describe(image, index, result, options)),
      };
    });
  }

  /** Adds a LoRA, or replaces the one of the same name. Returns its name. */
  loadLora(
    source: AdapterSource,
    { scale = 1, name = fileStem(nameOf(source)), signal }: LoadLoraOptions = {},
  ): Promise<string> {
    return this.#inTurn(async () => {
      checkScale(name, scale);
      const lora = await this.#platform.openLora(source, this.#model.checkpoint, signal);
      this.#loras.set(name, { name, scale, lora });
      await this.#changed();
      return name;
    });
  }

  /** @throws ADAPTER_UNKNOWN */
  setLoraScale(name: string, scale: number): Promise<void> {
    return this.#inTurn(async () => {
      checkScale(name, scale);
      this.#loras.set(name, { ...this.#loraNamed(name), scale });
      await this.#changed();
    });
  }

  /** @throws ADAPTER_UNKNOWN */
  unloadLora(name: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#loraNamed(name);
      this.#loras.delete(name);
      await this.#changed();
    });
  }

  /** Adds a SUN adapter, or replaces the one that is there. `sunScale` and `sun: false` of `generate` need no reload. */
  loadSun(
    source: AdapterSource,
    { name = fileStem(nameOf(source)), signal }: LoadSunOptions = {},
  ): Promise<void> {
    return this.#inTurn(async () => {
      const adapter = await this.#platform.openSun(source, signal);
      checkSunAdapter(this.#model.checkpoint.unet, adapter);
      this.#sun = { name, adapter };
      await this.#changed();
    });
  }

  unloadSun(): Promise<void> {
    return this.#inTurn(async () => {
      this.#sun = undefined;
      await this.#changed();
    });
  }

  /** Frees all memory, when what was asked for before is done. May be called twice. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#queue.then(async () => {
      await this.#pipeline?.dispose();
      await this.#model.runtime.dispose();
    });
    return this.#disposed;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#disposed) {
      const error = new SunstepError(
        "PIPELINE_DISPOSED",
        `${this.model} was disposed of; load the model again`,
      );
      return Promise.reject(error);
    }
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** A pipeline is made for its adapters: with others, it is another one. */
  async #changed(): Promise<void> {
    const old = this.#pipeline;
    this.#pipeline = undefined;
    await old?.dispose();
  }

  #currentPipeline(): Pipeline {
    const { checkpoint, runtime, tokenizer, taesd, defaults } = this.#model;
    this.#pipeline ??= new Pipeline({
      runtime: observedRuntime(runtime, () => this.#observer),
      tokenizer,
      defaults,
      unet: checkpoint.unet,
      textEncoders: checkpoint.textEncoders,
      vae: checkpoint.vae,
      schedulerConfig: checkpoint.schedulerConfig,
      loras: [...this.#loras.values()],
      ...(taesd && { taesd }),
      ...(this.#sun && { sun: this.#sun.adapter }),
    });
    return this.#pipeline;
  }

  #describe(
    image: PipelineResult["images"][number],
    index: number,
    result: PipelineResult,
    options: GenerateOptions,
  ) {
    const parameters = parametersText(result, index, {
      model: fileStem(this.model),
      schedulerName: typeof options.scheduler === "string" ? options.scheduler : undefined,
      sun: this.sun,
      loras: this.loras,
      fromImage: options.image !== undefined,
      version,
    });
    const { seeds } = result.request;
    return new GeneratedImage(
      image,
      { seed: seeds[index] ?? seeds[0]!, parameters },
      this.#platform.writeFile,
    );
  }

  #loraNamed(name: string): LoadedLora {
    const lora = this.#loras.get(name);
    if (lora) return lora;
    const names = [...this.#loras.keys()].join(", ") || "none";
    throw sunstepError("ADAPTER_UNKNOWN", `no LoRA ${JSON.stringify(name)} is loaded; loaded: ${names}`, {
      name,
    });
  }
}

/** "styles/Ink Wash.safetensors" is "Ink Wash"; "owner/name" is "name". */
function fileStem(source: string): string {
  const last = source.split(/[/\\:]/).at(-1) || source;
  return last.replace(/\.safetensors$/i, "") || last;
}

function checkScale(name: string, scale: number): void {
  if (!Number.isFinite(scale)) {
    throw sunstepError("ADAPTER_SCALE", `scale ${scale} of ${name}: it must be a number`, { name, scale });
  }
}

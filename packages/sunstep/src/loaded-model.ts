import {
  type Architecture,
  adaptableWeights,
  type Checkpoint,
  openControlNet,
  openEmbedding,
  type SafetensorsFile,
} from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import {
  type Acceleration,
  type ModelDefaults,
  Pipeline,
  type GenerateOptions as PipelineOptions,
  type GenerateResult as PipelineResult,
} from "@sunstep/pipeline";
import { LoadedControlNets } from "./adapters/loaded-controlnets.js";
import { ModelAccelerations } from "./adapters/model-accelerations.js";
import { ModelEmbeddings } from "./adapters/model-embeddings.js";
import { ModelLoras, namedScale } from "./adapters/model-loras.js";
import { type NegativeOption, negativeOptions } from "./adapters/negative-option.js";
import {
  type OpenedAcceleration,
  openAcceleration,
  recognisedAcceleration,
} from "./adapters/open-acceleration.js";
import { openAdapterFile } from "./adapters/open-adapter-file.js";
import { type LoraModel, openRecognisedLora } from "./adapters/open-lora.js";
import { takeLoraTags } from "./adapters/prompt-loras.js";
import { sunstepError } from "./errors.js";
import { GeneratedImage } from "./generated-image.js";
import {
  type AccelerationSource,
  type ControlNetSource,
  type EmbeddingSource,
  type LoadOptions,
  type LoraSource,
  withOptions,
} from "./loading/load-options.js";
import type { ModelParts } from "./loading/model-parts.js";
import { type AdapterSource, fileStem, type ModelSource, nameOf } from "./loading/model-source.js";
import type { FoundFiles } from "./loading/platform.js";
import type {
  GenerateOptions,
  GenerateResult,
  LoadAdapterOptions,
  LoadControlNetOptions,
  LoadLoraOptions,
} from "./model-options.js";
import { type NamedScale, parametersText } from "./parameters/parameters-text.js";
import { seedPerImage } from "./seeds.js";
import { Turns } from "./turns.js";
import { version } from "./version.js";

/**
 * A loaded model that makes images. Calls are executed one after the other, in the order in which they were made.
 * Adapters can be added, scaled and removed between them; only the networks that they change are loaded again.
 */
export class LoadedModel {
  readonly #parts: ModelParts;
  readonly #pipeline: Pipeline;
  readonly #loras: ModelLoras;
  readonly #embeddings: ModelEmbeddings;
  readonly #controlNets = new LoadedControlNets();
  readonly #accelerations = new ModelAccelerations();
  #negative: NegativeOption = "auto";
  readonly #turns = new Turns(() =>
    sunstepError("MODEL_DISPOSED", `${this.model} was disposed of; load the model again`),
  );

  constructor(parts: ModelParts) {
    this.#parts = parts;
    this.#pipeline = new Pipeline(parts.components);
    this.#loras = new ModelLoras(parts.loraFolder);
    this.#embeddings = new ModelEmbeddings(parts.embeddingFolder);
    this.warn(parts.checkpoint.warnings);
    if (parts.ownAcceleration) this.#addOpened(parts.ownAcceleration);
  }

  /** The name that it was loaded by. */
  get model(): string {
    return this.#parts.name;
  }

  get architecture(): Architecture {
    return this.#parts.checkpoint.architecture;
  }

  /** The model's settings where `generate` is not told. An acceleration has its own steps, guidance and scheduler. */
  get defaults(): ModelDefaults {
    return this.#pipeline.defaults;
  }

  /** The settings where `generate` is not told, by the acceleration that it uses unless it is told otherwise. */
  get activeDefaults(): Pick<ModelDefaults, "steps" | "guidanceScale"> {
    return this.#accelerations.all.at(-1)?.defaults ?? this.defaults;
  }

  /** Warnings about assumptions and omissions while the model and its adapters were loaded. */
  get warnings(): readonly SunstepWarning[] {
    return [...this.#parts.checkpoint.warnings, ...this.#loras.warnings, ...this.#accelerations.warnings];
  }

  /** The backend and its device, as "onnxruntime-node 1.30.0 (cpu)". */
  get backend(): string {
    const { name, device } = this.#parts.components.runtime;
    return `${name} (${device})`;
  }

  get loras(): readonly NamedScale[] {
    return this.#loras.names;
  }

  /** The words of the loaded textual inversions. */
  get embeddings(): readonly string[] {
    return this.#embeddings.names;
  }

  /** The names of the loaded ControlNets. */
  get controlnets(): readonly string[] {
    return this.#controlNets.names;
  }

  /** The names of the loaded accelerations. `generate` uses the last one unless it is told otherwise. */
  get accelerations(): readonly string[] {
    return this.#accelerations.names;
  }

  /**
   * Makes images, `imagesPerPrompt` for each prompt: by the settings of the acceleration, else in 25 guided steps.
   * @throws SunstepError ABORTED, codes of `pipelineErrors`, of the schedulers, the tokenizer and the backend
   */
  generate(prompt: string | readonly string[], options: GenerateOptions = {}): Promise<GenerateResult> {
    return this.inTurn(async () => {
      const tagged =
        options.promptSyntax === "plain" ? { prompt, loras: [], warnings: [] } : takeLoraTags(prompt);
      const loras = await this.#loras.apply(tagged.loras);
      // A few-step method's LoRA brings its settings, unless the user chose a method.
      const ofTags = this.#accelerations.recognisesLoras ? loras.recognised : [];
      const withLoras = { ...options, adapters: [...loras.adapters, ...(options.adapters ?? [])] };
      const embeddings = await this.#embeddings.words(loras.embeddings);
      const accelerations = ofTags.map(({ acceleration }) => acceleration);
      const { negative = this.#negative } = options;
      const reader = await negativeOptions(negative, options, this.accelerations);
      const own = this.pipelineOptions(prompt, withLoras, accelerations);
      const pipelineOptions = { ...reader, ...own, embeddings };
      const warnings = [...tagged.warnings, ...loras.warnings, ...ofTags.flatMap((one) => one.warnings)];
      for (const warning of warnings) await pipelineOptions.onProgress?.({ type: "warning", ...warning });
      const result = await this.#pipeline.generate(tagged.prompt, pipelineOptions);
      const prompts = [prompt].flat();
      return {
        ...result,
        warnings: [...warnings, ...result.warnings],
        images: result.images.map((image, index) =>
          this.#describe(image, index, { ...result, prompts, loras: loras.untagged }),
        ),
      };
    });
  }

  /** Adds a LoRA, or replaces the one of the same name. Returns its name. */
  loadLora(
    source: AdapterSource,
    { scale = 1, textEncoderScale, name = fileStem(nameOf(source)), signal }: LoadLoraOptions = {},
  ): Promise<string> {
    return this.inTurn(async () => {
      const named = namedScale(name, scale, textEncoderScale);
      const { files, beside } = await this.#parts.find(source, { signal });
      const { lora, recognised } = await openRecognisedLora(files, nameOf(source), this.#loraModel, beside);
      this.warn(lora.warnings);
      this.#loras.add(named, lora);
      this.#accelerations.forgetRecognised(name);
      if (recognised && this.#accelerations.recognisesLoras) {
        const opened = recognisedAcceleration(recognised, name);
        this.#accelerations.addRecognised(name, opened);
        this.warn(opened.warnings);
      }
      return name;
    });
  }

  /** @throws ADAPTER_UNKNOWN */
  setLoraScale(name: string, scale: number, textEncoderScale?: number): Promise<void> {
    return this.inTurn(async () => this.#loras.scale(namedScale(name, scale, textEncoderScale)));
  }

  /** @throws ADAPTER_UNKNOWN */
  unloadLora(name: string): Promise<void> {
    return this.inTurn(async () => {
      this.#loras.remove(name);
      this.#accelerations.forgetRecognised(name);
    });
  }

  /**
   * Adds a textual inversion, a word for prompts and negative prompts, or replaces the one of the same word. Returns the word:
   * by default the one that the file tells, as diffusers' do, else the file's name.
   * @throws SunstepError EMBEDDING_MODEL, EMBEDDING_FORMAT, codes of `checkpointErrors`
   */
  loadEmbedding(source: AdapterSource, { name, signal }: LoadAdapterOptions = {}): Promise<string> {
    return this.inTurn(async () => {
      const { source: file } = await this.openAdapter(source, signal);
      const embedding = await openEmbedding(file);
      const word = name ?? embedding.token ?? fileStem(nameOf(source));
      this.#embeddings.add(word, embedding, this.#parts.checkpoint);
      return word;
    });
  }

  /** @throws ADAPTER_UNKNOWN */
  unloadEmbedding(name: string): Promise<void> {
    return this.inTurn(async () => this.#embeddings.remove(name));
  }

  /**
   * Adds a ControlNet, or replaces the one of the same name: a diffusers folder, or a file in the original
   * (`control_model.*`) or in diffusers' names. Returns its name, for `controls` of `generate`.
   */
  loadControlNet(
    source: ModelSource,
    { name = fileStem(nameOf(source)), signal, ...options }: LoadControlNetOptions = {},
  ): Promise<string> {
    return this.inTurn(async () => {
      const { files } = await this.#parts.find(source, { signal });
      const { warnings, ...controlnet } = await openControlNet(files, options);
      this.warn(warnings);
      this.#controlNets.set(name, controlnet);
      return name;
    });
  }

  /** @throws ADAPTER_UNKNOWN */
  unloadControlNet(name: string): Promise<void> {
    return this.inTurn(async () => this.#controlNets.delete(name));
  }

  /**
   * Adds an acceleration, or replaces the one of the same name: a few-step method's file or name, or one of your own. From
   * then on `generate` uses it by default. Returns its name.
   */
  loadAcceleration(
    source: Acceleration | AdapterSource | AccelerationSource,
    { signal }: Pick<LoadAdapterOptions, "signal"> = {},
  ): Promise<string> {
    return this.inTurn(async () => {
      this.chooseAccelerations();
      if (isAcceleration(source)) {
        this.addAcceleration(source);
        return source.name;
      }
      const { find } = this.#parts;
      const opened = await openAcceleration(source, { find, model: this.#loraModel, signal });
      this.#addOpened(opened);
      return opened.acceleration.name;
    });
  }

  /** @throws ADAPTER_UNKNOWN */
  unloadAcceleration(name: string): Promise<void> {
    return this.inTurn(async () => this.#accelerations.remove(name));
  }

  /** Loads the adapters that a model is opened with. */
  async loadAdapters(
    { acceleration, negative = "auto", loras = [], embeddings = [], controlnets = [], signal }: LoadOptions,
    _found: FoundFiles,
  ): Promise<void> {
    this.#negative = negative;
    if (acceleration === false) this.chooseAccelerations();
    const abort = signal ? { signal } : {};
    if (acceleration) await this.loadAcceleration(acceleration, abort);
    for (const lora of loras) {
      const { path, ...options } = withOptions<LoraSource>(lora);
      await this.loadLora(path, { ...options, ...abort });
    }
    for (const embedding of embeddings) {
      const { path, ...options } = withOptions<EmbeddingSource>(embedding);
      await this.loadEmbedding(path, { ...options, ...abort });
    }
    for (const controlnet of controlnets) {
      const { path, ...options } = withOptions<ControlNetSource>(controlnet);
      await this.loadControlNet(path, { ...options, ...abort });
    }
  }

  /** Frees all memory after the calls before it are done. May be called twice. */
  dispose(): Promise<void> {
    const { components, ownsRuntime } = this.#parts;
    return this.#turns.close(async () => {
      await this.#pipeline.dispose();
      if (ownsRuntime) await components.runtime.dispose();
    });
  }

  protected warn(warnings: readonly SunstepWarning[]): void {
    for (const warning of warnings) this.#parts.onWarning?.(warning);
  }

  protected get unet(): Checkpoint["unet"] {
    return this.#parts.checkpoint.unet;
  }

  protected acceleration(name: string): Acceleration | undefined {
    return this.#accelerations.get(name);
  }

  /** From now on LoRAs are not recognised as few-step methods: the user said what to use. */
  protected chooseAccelerations(): void {
    this.#accelerations.choose();
  }

  /** The last one is the default of `generate`. */
  protected addAcceleration(acceleration: Acceleration): void {
    this.#addOpened({ acceleration, warnings: [] });
  }

  protected removeAcceleration(name: string): void {
    this.#accelerations.delete(name);
  }

  #addOpened(opened: OpenedAcceleration): void {
    this.#accelerations.add(opened);
    this.warn(opened.warnings);
  }

  get #loraModel(): LoraModel {
    const { checkpoint } = this.#parts;
    return { weights: adaptableWeights(checkpoint), architecture: checkpoint.architecture };
  }

  protected openAdapter(source: AdapterSource, signal: AbortSignal | undefined): Promise<SafetensorsFile> {
    return openAdapterFile(source, this.#parts.find, signal);
  }

  /** Executes `work` after all calls before it. */
  protected inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(work);
  }

  /** Adds the loaded accelerations, and a seed for each image. */
  protected pipelineOptions(
    prompt: string | readonly string[],
    { seed, onProgress, controls, negative: _, ...rest }: GenerateOptions,
    ofTags: readonly Acceleration[] = [],
  ): PipelineOptions {
    const prompts = rest.promptEmbeds?.shape[0] ?? (Array.isArray(prompt) ? prompt.length : 1);
    const seeds = seedPerImage(seed, prompts * (rest.imagesPerPrompt ?? 1));
    const { onWarning } = this.#parts;
    return {
      ...rest,
      ...this.#controlNets.options(controls),
      accelerations: [...this.#accelerations.all, ...ofTags],
      onProgress: onWarning
        ? (event) => {
            if (event.type === "warning") onWarning(event);
            return onProgress?.(event);
          }
        : onProgress,
      ...(seeds !== undefined && { seed: seeds }),
    };
  }

  #describe(image: PipelineResult["images"][number], index: number, result: DescribedResult) {
    const parameters = parametersText(result, index, {
      model: fileStem(this.model),
      architecture: this.architecture,
      prompts: result.prompts,
      loras: result.loras,
      version,
    });
    const { seeds } = result.request;
    return new GeneratedImage(image, { seed: seeds[index] ?? seeds[0]!, parameters }, this.#parts.writeFile);
  }
}

function isAcceleration(source: Acceleration | AdapterSource | AccelerationSource): source is Acceleration {
  return typeof source === "object" && "defaults" in source;
}

interface DescribedResult extends PipelineResult {
  /** The prompts as they were given, tags included. */
  readonly prompts: readonly string[];
  readonly loras: readonly NamedScale[];
}

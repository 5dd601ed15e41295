import { throwIfAborted } from "@sunstep/errors";
import type { RgbImage } from "@sunstep/image";
import { createScheduler, type Schedule, type SchedulerConfig, schedulerPreset } from "@sunstep/scheduler";
import { type Tensor, tensor } from "@sunstep/tensor";
import { Autoencoder } from "./autoencoder.js";
import { checkFinite } from "./checks.js";
import { Denoiser } from "./denoiser.js";
import type { Embeddings } from "./embeddings.js";
import { pipelineError } from "./errors.js";
import type { Stage } from "./events.js";
import { guide, rescaleGuided } from "./guidance.js";
import { type NoiseSource, noiseSource } from "./noise.js";
import type { PipelineParts } from "./parts.js";
import { toLatentMask, toMask, toPicture, toRgbImage } from "./pictures.js";
import { Previewer } from "./previewer.js";
import { type EncodedPrompts, PromptEncoder } from "./prompt-encoder.js";
import {
  type GenerateOptions,
  isGuided,
  type ModelDefaults,
  type Request,
  resolveRequest,
} from "./request.js";
import { SessionCache } from "./sessions.js";
import { imageToImage, inpaint, type StartingPoint, textToImage } from "./starting-point.js";

/** What a run made. */
export interface GenerateResult {
  readonly images: readonly RgbImage[];
  /** Final latents, scaled: [images, 4, height / 8, width / 8]. */
  readonly latents: Tensor<"float32">;
  /** Every setting the run used, defaults filled in. */
  readonly request: Request;
  /** diffusers' class name of the scheduler that ran, with the timesteps it ran at. */
  readonly scheduler: string;
  readonly timesteps: readonly number[];
  /** Number of U-Net evaluations per picture. */
  readonly evaluations: number;
  /** Milliseconds per stage. */
  readonly timings: Readonly<Record<Stage, number>>;
}

/** Networks that are kept: text encoder, two U-Nets (with and without SUN), two decoders, an encoder, two to spare. */
const SESSION_CAPACITY = 8;
/** Pixels per latent, along each side. */
const LATENT_SCALE = 8;

/** diffusers' settings for SpeedUpNet: DPM-Solver++ of the second order at trailing timesteps. */
const SUN_SCHEDULER = {
  _class_name: "DPMSolverMultistepScheduler",
  algorithm_type: "dpmsolver++",
  solver_order: 2,
  timestep_spacing: "trailing",
};

/**
 * Text-to-image, image-to-image and inpainting over a backend. Networks are loaded when they are first needed and kept
 * until `dispose`.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #sessions: SessionCache;
  readonly #prompts: PromptEncoder;
  readonly #denoiser: Denoiser;
  readonly #autoencoder: Autoencoder;
  readonly #previewer: Previewer;
  readonly #defaults: ModelDefaults;
  #disposed = false;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#sessions = new SessionCache(parts.runtime, SESSION_CAPACITY);
    this.#prompts = new PromptEncoder(parts, this.#sessions);
    this.#denoiser = new Denoiser(parts, this.#sessions);
    this.#autoencoder = new Autoencoder(parts, this.#sessions);
    this.#previewer = new Previewer(this.#autoencoder);
    this.#defaults = {
      ...trainedSize(parts.unet.config.sample_size),
      guidanceScale: 7.5,
      ...parts.defaults,
      decoder: (parts.taesd && parts.defaults?.decoder) ?? "vae",
    };
  }

  /** What the model is used with where a request does not say. */
  get defaults(): ModelDefaults {
    return this.#defaults;
  }

  /**
   * Makes pictures.
   * @throws SunstepError with a code of `pipelineErrors`, or of the package whose part failed
   */
  async generate(prompt: string | readonly string[], options: GenerateOptions = {}): Promise<GenerateResult> {
    if (this.#disposed)
      throw pipelineError("PIPELINE_DISPOSED", "the pipeline was disposed of; load the model again");
    const request = resolveRequest(prompt, options, {
      defaults: this.#defaults,
      hasAdapter: this.#parts.sun !== undefined,
    });
    for (const decoder of [options.decoder, options.preview])
      if (decoder === "taesd") this.#autoencoder.requireTaesd();
    const schedule = this.#plan(request, options);
    const clock = new StageClock(options);

    const noise = this.#noise(request);
    const prompts = await clock.run("encode-prompt", () => this.#prompts.encode(request, options));
    const start = await this.#start(request, options, schedule, noise, clock);
    const latents = await clock.run("denoise", () =>
      this.#denoise(request, options, schedule, prompts, start, noise),
    );
    const images = await clock.run("decode", () => this.#decode(latents, request, options));

    const { batch, height, width } = request;
    const shape = [batch, this.#autoencoder.latentChannels, height / LATENT_SCALE, width / LATENT_SCALE];
    return {
      images,
      latents: tensor(latents, shape),
      request,
      scheduler: schedule.name,
      timesteps: schedule.timesteps,
      evaluations: schedule.timesteps.length * (isGuided(request) ? 2 : 1),
      timings: clock.milliseconds,
    };
  }

  /** Frees all networks. The pipeline cannot be used afterwards; the runtime can. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#sessions.drop(() => true);
  }

  #plan(request: Request, options: GenerateOptions): Schedule {
    const scheduler = createScheduler(schedulerConfig(this.#parts.schedulerConfig, request, options));
    const { steps, strength, batch } = request;
    return scheduler.plan({
      steps,
      batch,
      ...(options.image && { strength }),
      ...(options.eta !== undefined && { eta: options.eta }),
    });
  }

  #noise({ seeds, batch, width, height, randomSource }: Request): NoiseSource {
    const size = (this.#autoencoder.latentChannels * height * width) / LATENT_SCALE ** 2;
    return noiseSource(seeds, batch, size, randomSource);
  }

  async #start(
    request: Request,
    options: GenerateOptions,
    schedule: Schedule,
    noise: NoiseSource,
    clock: StageClock,
  ): Promise<StartingPoint> {
    const { batch, width, height, strength } = request;
    const { image, mask: maskImage } = options;
    const masksInNetwork = this.#parts.unet.config.in_channels > this.#autoencoder.latentChannels;
    if (!image && !masksInNetwork) return textToImage(schedule, noise);
    const picture = toPicture(image, width, height);
    const common = { picture, batch, schedule, noise, strength, autoencoder: this.#autoencoder };
    if (!maskImage && !masksInNetwork) return clock.run("encode-image", () => imageToImage(common));
    // An inpainting network without a mask paints everything anew.
    const mask = toMask(maskImage, image, width, height);
    const latentMask = toLatentMask(mask, width, height);
    return clock.run("encode-image", () => inpaint({ ...common, mask, latentMask, masksInNetwork }));
  }

  async #denoise(
    request: Request,
    options: GenerateOptions,
    schedule: Schedule,
    prompts: EncodedPrompts,
    start: StartingPoint,
    noise: NoiseSource,
  ): Promise<Float32Array> {
    const { batch, width, height } = request;
    const size = { height: height / LATENT_SCALE, width: width / LATENT_SCALE };
    let latents = start.latents;
    for (const [index, timestep] of schedule.timesteps.entries()) {
      throwIfAborted(options.signal, "the run");
      const sample = start.networkInput(schedule.scaleModelInput(latents, index));
      const prediction = await this.#predict({ sample, timestep, batch, ...size }, request, prompts);
      checkFinite(prediction, `the U-Net at step ${index + 1} of ${schedule.timesteps.length}`);
      const stepped = schedule.step(prediction, index, latents, noise);
      latents = start.afterStep(stepped.sample, index);
      if (!options.onProgress) continue;
      const previews = options.preview
        ? await this.#previewer.show(stepped.denoised, batch, size.height, size.width, options.preview)
        : undefined;
      options.onProgress({
        type: "step",
        step: index + 1,
        steps: schedule.timesteps.length,
        timestep,
        latents,
        ...(previews && { previews }),
      });
    }
    throwIfAborted(options.signal, "the run");
    return latents;
  }

  /** One prediction per picture: SUN's in one evaluation, a guided one in two. */
  async #predict(
    input: { sample: Float32Array; timestep: number; batch: number; height: number; width: number },
    request: Request,
    { positive, negative }: EncodedPrompts,
  ): Promise<Float32Array> {
    const { sun, sunScale, guidanceScale, guidanceRescale, batch } = request;
    const evaluate = (context: Embeddings) => this.#denoiser.predict({ ...input, context });
    if (sun && negative)
      return this.#denoiser.predict({ ...input, context: positive, sun: { negative, scale: sunScale } });
    if (!isGuided(request) || !negative) return evaluate(positive);
    const away = await evaluate(negative);
    const towards = await evaluate(positive);
    return rescaleGuided(guide(away, towards, guidanceScale), towards, guidanceRescale, batch);
  }

  async #decode(latents: Float32Array, request: Request, options: GenerateOptions): Promise<RgbImage[]> {
    const { batch, width, height } = request;
    const size = latents.length / batch;
    const images: RgbImage[] = [];
    for (let i = 0; i < batch; i++) {
      throwIfAborted(options.signal, "the run");
      const one = latents.slice(i * size, (i + 1) * size);
      const decoder = options.decoder ?? this.#defaults.decoder;
      images.push(
        toRgbImage(await this.#autoencoder.decode(one, height / LATENT_SCALE, width / LATENT_SCALE, decoder)),
      );
    }
    return images;
  }
}

/** The U-Net config's `sample_size` is that of latents: one number, or height and width. */
function trainedSize(sampleSize: number | readonly number[] | null): { width: number; height: number } {
  const [height = 64, width = height] = typeof sampleSize === "number" ? [sampleSize] : (sampleSize ?? []);
  return { width: width * LATENT_SCALE, height: height * LATENT_SCALE };
}

function schedulerConfig(
  base: SchedulerConfig,
  { sun }: Request,
  { scheduler }: GenerateOptions,
): SchedulerConfig {
  if (typeof scheduler === "object") return scheduler;
  if (scheduler !== undefined)
    return { ...schedulerPreset(scheduler, base), ...(sun && { timestep_spacing: "trailing" }) };
  return sun ? { ...base, ...SUN_SCHEDULER } : schedulerPreset("dpm++2m", base);
}

/** Reports stages as they begin and adds up the time each takes. */
class StageClock {
  readonly milliseconds: Record<Stage, number> = {
    load: 0,
    "encode-prompt": 0,
    "encode-image": 0,
    denoise: 0,
    decode: 0,
  };
  readonly #options: GenerateOptions;

  constructor(options: GenerateOptions) {
    this.#options = options;
  }

  async run<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    throwIfAborted(this.#options.signal, "the run");
    this.#options.onProgress?.({ type: "stage", stage });
    const begin = performance.now();
    try {
      return await work();
    } finally {
      this.milliseconds[stage] += performance.now() - begin;
    }
  }
}

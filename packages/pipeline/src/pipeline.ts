import { fields, type SunstepWarning } from "@sunstep/errors";
import { type RgbImage, resize } from "@sunstep/image";
import { createScheduler } from "@sunstep/scheduler";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { ArchitectureRule } from "./architectures/architecture.js";
import { architectureRule } from "./architectures/rules.js";
import type { PipelineComponents } from "./components.js";
import { checkControls } from "./control/check-controls.js";
import { ControlNets } from "./control/controlnets.js";
import { runControls } from "./control/run-controls.js";
import { denoise } from "./denoise.js";
import { pipelineError } from "./errors.js";
import { checkHires, secondRequest } from "./hires/hires.js";
import type { Enlarged, Hires } from "./hires/hires-options.js";
import { upscaleLatents } from "./hires/upscale-latents.js";
import { Autoencoder } from "./latents/autoencoder.js";
import { pasteBack, toMask } from "./latents/images.js";
import type { LatentSize } from "./latents/latents.js";
import { type NoiseSource, noiseSource } from "./latents/noise.js";
import { Previewer } from "./latents/previewer.js";
import { startingPoint } from "./latents/starting-point.js";
import { activeEvaluations, neverActive } from "./negative/active-evaluations.js";
import type { PromptConditioning } from "./prompts/conditioning.js";
import { PromptEncoder } from "./prompts/prompt-encoder.js";
import { checkRequest, unreadOptions } from "./request/check-request.js";
import type { GenerateOptions } from "./request/generate-options.js";
import { readOption } from "./request/read-option.js";
import type { Request } from "./request/request.js";
import type { ModelDefaults } from "./request/request-settings.js";
import { resolveRequest } from "./request/resolve-request.js";
import { Run, type Timings } from "./run.js";
import { type AttentionMode, attentionModes, passesFor } from "./sessions/attention-mode.js";
import { Denoiser } from "./sessions/denoiser.js";
import { type Dtype, dtypeChoices } from "./sessions/dtype.js";
import { withMemoryAdvice } from "./sessions/memory-advice.js";
import { SessionCache } from "./sessions/session-cache.js";

/** The images of a run, and how they were made. */
export interface GenerateResult {
  readonly images: readonly RgbImage[];
  /** Final latents, scaled: [images, channels, height / 8, width / 8]. */
  readonly latents: Tensor<"float32">;
  /** The request with every choice made. */
  readonly request: Request;
  /** diffusers' class name of the scheduler, and the timesteps that it ran at. */
  readonly scheduler: string;
  readonly timesteps: readonly number[];
  /** Evaluations of the U-Net for each image. */
  readonly evaluations: number;
  /** Numbers that the U-Net multiplied: "float32" also where the backend refused int8, with a warning. */
  readonly dtype: Dtype;
  readonly attention: AttentionMode;
  /** Settings that could not be honoured. */
  readonly warnings: readonly SunstepWarning[];
  /** Milliseconds of each stage. */
  readonly timings: Timings;
}

/** The latents of a run, and how it went. */
interface Denoised extends Pick<GenerateResult, "scheduler" | "timesteps" | "evaluations"> {
  readonly latents: Float32Array;
  readonly size: LatentSize;
}

/** Sessions that are kept: text encoder, two U-Nets, two decoders, an encoder, two to spare. */
const SESSION_CAPACITY = 8;
/** Sessions of ControlNets that are kept: three, and the sum of their residuals. */
const CONTROL_CAPACITY = 4;

const defaultSettings = { steps: 25, guidanceScale: 7.5, scheduler: "dpm++2m" } as const;

/**
 * Text-to-image, image-to-image and inpainting over a backend. Networks are loaded when they are first needed and kept
 * until `dispose`.
 */
export class Pipeline {
  readonly #components: PipelineComponents;
  readonly #sessions: SessionCache;
  readonly #controlSessions: SessionCache;
  readonly #rule: ArchitectureRule;
  readonly #prompts: PromptEncoder;
  readonly #denoiser: Denoiser;
  readonly #autoencoder: Autoencoder;
  readonly #previewer: Previewer;
  readonly #defaults: ModelDefaults;
  #disposed = false;

  constructor(components: PipelineComponents) {
    const { architecture, unet, taesd, defaults } = components;
    const rule = architectureRule(architecture);
    this.#rule = rule;
    const { attention = "exact", dtype = "float32" } = components;
    readOption("attention", fields.oneOf(...attentionModes), attention);
    readOption("dtype", fields.oneOf(...dtypeChoices), dtype);
    const networks = { ...components, passes: passesFor(attention, components.passes ?? {}) };
    this.#components = components;
    this.#sessions = new SessionCache(networks, SESSION_CAPACITY);
    this.#prompts = new PromptEncoder(components, rule, this.#sessions);
    this.#controlSessions = new SessionCache(networks, CONTROL_CAPACITY);
    this.#denoiser = new Denoiser(components, rule, this.#sessions, new ControlNets(this.#controlSessions));
    this.#autoencoder = new Autoencoder(components, rule, this.#sessions);
    this.#previewer = new Previewer(this.#autoencoder);
    this.#defaults = {
      ...defaultSettings,
      ...trainedSize(unet.config.sample_size, this.#autoencoder.scaleFactor),
      ...defaults,
      decoder: (taesd && defaults?.decoder) ?? "vae",
    };
  }

  /** The model's settings where a request leaves them open. */
  get defaults(): ModelDefaults {
    return this.#defaults;
  }

  /**
   * Makes images.
   * @throws SunstepError with a code of `pipelineErrors`, ABORTED, or a code of the package that failed
   */
  async generate(prompt: string | readonly string[], options: GenerateOptions = {}): Promise<GenerateResult> {
    if (this.#disposed)
      throw pipelineError("PIPELINE_DISPOSED", "the pipeline was disposed of; load the model again");
    const request = resolveRequest(prompt, options, {
      defaults: this.#defaults,
      schedulerConfig: this.#components.schedulerConfig,
      scaleFactor: this.#autoencoder.scaleFactor,
      hasTaesd: this.#components.taesd !== undefined,
      embedsGuidance: this.#components.unet.config.time_cond_proj_dim !== null,
    });
    checkControls(request, this.#components.unet.config);
    checkHires(request, this.#components);
    const run = new Run(options);
    try {
      for (const warning of unreadOptions(options, this.#rule)) run.warn(warning);
      return await this.#generate(request, options, run);
    } catch (error) {
      throw withMemoryAdvice(error, run.currentStage, request);
    }
  }

  /** Frees all networks. The pipeline cannot be used afterwards; the runtime can. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([this.#sessions.dispose(), this.#controlSessions.dispose()]);
  }

  async #generate(request: Request, options: GenerateOptions, run: Run): Promise<GenerateResult> {
    for (const warning of checkRequest(request)) run.warn(warning);
    const { hires } = request;
    const first = await this.#denoised(request, run);
    const second =
      hires &&
      (await this.#denoised(
        secondRequest(request, hires, options),
        run,
        await this.#enlarged(first, request, hires, run),
      ));
    const { latents, size, ...last } = second ?? first;
    const decoded = await run.stage("decode", () => this.#autoencoder.decode(latents, size, request, run));
    run.check();
    return {
      images: keepUnmasked(decoded, request),
      latents: tensor(latents, [size.batch, this.#autoencoder.latentChannels, size.height, size.width]),
      request,
      scheduler: last.scheduler,
      timesteps: second ? [...first.timesteps, ...second.timesteps] : first.timesteps,
      evaluations: first.evaluations + (second?.evaluations ?? 0),
      dtype: this.#sessions.dtype,
      attention: this.#components.attention ?? "exact",
      warnings: run.warnings,
      timings: run.timings,
    };
  }

  /** Runs all steps of a request, from noise, from its image or from `enlarged`. */
  async #denoised(request: Request, run: Run, enlarged?: Enlarged): Promise<Denoised> {
    const unet = this.#components.unet.config;
    const scheduler = createScheduler(request.schedulerConfig);
    const schedule = scheduler.plan(request.plan);
    const size = this.#latentSize(request);
    const noise = this.#noise(request);
    const evaluations = schedule.timesteps.length;
    const negative =
      request.negative && activeEvaluations(request.negative, schedule.timesteps, scheduler.config);
    if (request.negative && !negative?.includes(true)) run.warn(neverActive(request.negative));
    const promptSteps = {
      steps: request.steps * scheduler.order,
      evaluations,
      ...(negative && { negative }),
    };
    const prompts = await run.stage("encode-prompt", () => this.#prompts.encode(request, promptSteps, run));
    const starting = {
      schedule,
      noise,
      autoencoder: this.#autoencoder,
      unetChannels: unet.in_channels,
      enlarged,
    };
    const start = await startingPoint(request, starting, run);
    if (!request.controls) await this.#controlSessions.dispose();
    const controls = runControls(request, unet, size, prompts);
    const [denoiser, previewer] = [this.#denoiser, this.#previewer];
    const latents = await run.stage("denoise", () =>
      denoise(request, { schedule, start, noise, prompts, size, controls, denoiser, previewer }, run),
    );
    return {
      latents,
      size,
      scheduler: schedule.name,
      timesteps: schedule.timesteps,
      evaluations: evaluations * (request.guidance.evaluationsPerStep + furtherParts(prompts[0] ?? [])),
    };
  }

  /** Enlarges the result of a first run. */
  async #enlarged(
    { latents, size }: Denoised,
    request: Request,
    { upscaler, width, height }: Hires,
    run: Run,
  ): Promise<Enlarged> {
    const { scaleFactor } = this.#autoencoder;
    if (upscaler === "latent") {
      const area = { height: height / scaleFactor, width: width / scaleFactor };
      return { latents: upscaleLatents(latents, size, area) };
    }
    const images = await run.stage("decode", () => this.#autoencoder.decode(latents, size, request, run));
    return { images: images.map((image) => resize(image, width, height)) };
  }

  #latentSize({ batch, height, width }: Request): LatentSize {
    const { scaleFactor } = this.#autoencoder;
    return { batch, height: height / scaleFactor, width: width / scaleFactor };
  }

  #noise(request: Request): NoiseSource {
    const { batch, height, width } = this.#latentSize(request);
    const size = this.#autoencoder.latentChannels * height * width;
    return noiseSource(request.seeds, batch, size, request.randomSource);
  }
}

/** Evaluations that composed prompts need beside those of a single one. */
function furtherParts(images: readonly PromptConditioning[]): number {
  return Math.max(...images.map(({ composed = [] }) => Math.max(0, composed.length - 1)));
}

/** Puts the pixels back that the mask keeps, if the request says so. */
function keepUnmasked(images: readonly RgbImage[], request: Request): readonly RgbImage[] {
  const { image, mask, width, height } = request;
  if (!request.pasteBack || !image) return images;
  const painted = toMask(mask, image, width, height);
  return images.map((one) => pasteBack(one, image, painted));
}

/** The U-Net config's `sample_size` is the size of latents: one number, or height and width. */
function trainedSize(
  sampleSize: number | readonly number[] | null,
  scaleFactor: number,
): { width: number; height: number } {
  const [height = 64, width = height] = typeof sampleSize === "number" ? [sampleSize] : (sampleSize ?? []);
  return { width: width * scaleFactor, height: height * scaleFactor };
}

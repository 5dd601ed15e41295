import { fields } from "@sunstep/errors";
import { createScheduler, type PlanOptions, type SchedulerConfig, schedulerPreset } from "@sunstep/scheduler";
import type { Acceleration } from "../acceleration.js";
import { resolveControls } from "../control/resolve-controls.js";
import { pipelineError } from "../errors.js";
import { classifierFreeGuidance } from "../guidance/classifier-free.js";
import type { Guidance } from "../guidance/guidance.js";
import { noGuidance } from "../guidance/none.js";
import { resolveHires } from "../hires/hires.js";
import { chooseNegative } from "../negative/choose-negative.js";
import type { NegativeUse } from "../negative/negative-method.js";
import { givenEmbeddings } from "../prompts/given-embeddings.js";
import { negativeAndSecondPrompts, promptList } from "../prompts/prompt-lists.js";
import type { Adapter } from "../sessions/adapter.js";
import { readVaeTiling } from "../tiling/vae-tiling.js";
import type { GenerateOptions } from "./generate-options.js";
import { readOption } from "./read-option.js";
import type { Request } from "./request.js";
import type { Decoder, ModelDefaults, PreviewMode } from "./request-settings.js";
import { sizeConditionings } from "./size-conditioning.js";

/** Facts about the loaded model that a request depends on. */
export interface ModelFacts {
  readonly defaults: ModelDefaults;
  readonly schedulerConfig: SchedulerConfig;
  /** Pixels of a latent, along each side. */
  readonly scaleFactor: number;
  readonly hasTaesd: boolean;
  /** True if the U-Net takes the guidance scale as an input. */
  readonly embedsGuidance?: boolean;
}

const { boolean, integer, number, oneOf } = fields;

const MAX_SIDE = 8192;
const MAX_STEPS = 1000;
const MAX_IMAGES_PER_PROMPT = 64;

/**
 * Makes every choice that the options leave open, and checks them.
 * @throws SunstepError PIPELINE_OPTION, PIPELINE_SIZE, PIPELINE_MASK, PIPELINE_ACCELERATION, PIPELINE_NEGATIVE, PIPELINE_CONTROL, SCHEDULER_NAME
 */
export function resolveRequest(
  prompt: string | readonly string[],
  options: GenerateOptions,
  model: ModelFacts,
): Request {
  const { image, mask, promptEmbeds } = options;
  if (image === undefined && mask !== undefined) {
    throw pipelineError("PIPELINE_MASK", "a mask needs the image that it belongs to: give image as well");
  }
  if (options.pasteBack && mask === undefined) {
    throw pipelineError(
      "PIPELINE_MASK",
      "pasteBack needs a mask, which says what is kept: give mask as well",
    );
  }
  const acceleration = chooseAcceleration(options);
  const { defaults } = acceleration ?? model;
  const prompts = promptList("prompt", prompt);
  const count = promptEmbeds?.shape[0] ?? prompts.length;
  const imagesPerPrompt = readOption(
    "imagesPerPrompt",
    integer(1, MAX_IMAGES_PER_PROMPT),
    options.imagesPerPrompt ?? 1,
  );
  const batch = count * imagesPerPrompt;
  const strength = readOption("strength", number(0, 1), options.strength ?? (mask ? 1 : 0.8));
  const guidanceScale = readOption(
    "guidanceScale",
    number(0, 100),
    options.guidanceScale ?? defaults.guidanceScale,
  );
  const scheduler = chooseScheduler(options.scheduler, acceleration, model);
  const cut = cutBy(strength, options, scheduler.schedulerConfig, model);
  const plan = planOptions(options, defaults.steps, acceleration, batch, cut);
  const size = sizes(options, model);
  const further = negativeAndSecondPrompts(options, count);
  const guidance = chooseGuidance(options.guidance, acceleration, model.embedsGuidance ? 1 : guidanceScale);
  const negative = chooseNegative(options, { guidance, acceleration, ...further });
  return {
    prompts,
    ...further,
    promptSyntax: readOption(
      "promptSyntax",
      oneOf("automatic1111", "plain"),
      options.promptSyntax ?? "automatic1111",
    ),
    clipSkip: readOption("clipSkip", integer(0, 64), options.clipSkip ?? 0),
    embeddings: options.embeddings ?? [],
    ...givenEmbeddings(options),
    imagesPerPrompt,
    batch,
    ...size,
    sizeConditioning: sizeConditionings(options, size),
    steps: plan.steps!,
    guidance,
    guidanceScale,
    guidanceRescale: readOption("guidanceRescale", number(0, 1), options.guidanceRescale ?? 0),
    embedsGuidance: model.embedsGuidance ?? false,
    ...(acceleration && { acceleration }),
    ...(negative && { negative }),
    adapters: adaptersOf(options, acceleration, negative),
    seeds: seedList(options.seed, batch),
    maskReduction: readOption(
      "maskReduction",
      oneOf("maximum", "nearest"),
      options.maskReduction ?? "maximum",
    ),
    randomSource: readOption("randomSource", oneOf("cpu", "cuda"), options.randomSource ?? "cpu"),
    ...scheduler,
    plan,
    ...resolveHires(options, { ...size, steps: plan.steps! }, model.scaleFactor),
    ...resolveControls(options),
    ...(image && { image }),
    ...(mask && { mask }),
    pasteBack: readOption("pasteBack", boolean, options.pasteBack ?? false),
    strength: image ? strength : 1,
    decoder: chooseDecoder(options.decoder, model),
    vaeTiling: readVaeTiling(options.vaeTiling, model.scaleFactor),
    preview: choosePreview(options.preview ?? false, model),
  };
}

function chooseAcceleration({ accelerations = [], acceleration }: GenerateOptions): Acceleration | undefined {
  if (acceleration === false) return undefined;
  if (acceleration === undefined) return accelerations.at(-1);
  if (typeof acceleration === "object") return acceleration;
  const found = accelerations.find(({ name }) => name === acceleration);
  if (found) return found;
  const known = accelerations.map(({ name }) => name);
  throw pipelineError(
    "PIPELINE_ACCELERATION",
    `no acceleration ${JSON.stringify(acceleration)} is loaded; loaded: ${known.join(", ") || "none"}`,
    { acceleration, known },
  );
}

/**
 * An acceleration that is not in use stays in the graph if it can be switched off, so that sessions share weights. The
 * negative method stands before it, so that it stays rather than an adapter that is off and has an input of the same name.
 */
function adaptersOf(
  { adapters = [], accelerations = [] }: GenerateOptions,
  used: Acceleration | undefined,
  negative: NegativeUse | undefined,
): readonly Adapter[] {
  const isKnown = accelerations.some(({ name }) => name === used?.name);
  const loaded = accelerations.map((one) => (one.name === used?.name ? used : one));
  return [
    ...adapters,
    ...(negative ? [negative.method.adapter] : []),
    ...(used && !isKnown ? [...loaded, used] : loaded).flatMap((one) =>
      one.adapter && (one === used || one.adapter.off) ? [one.adapter] : [],
    ),
  ];
}

function chooseGuidance(
  asked: Guidance | undefined,
  acceleration: Acceleration | undefined,
  scale: number,
): Guidance {
  const own = acceleration?.guidance;
  if (own && asked && asked !== own) {
    throw pipelineError(
      "PIPELINE_OPTION",
      `guidance ${asked.name}: ${acceleration.name} works with its own guidance only; leave guidance out, or set acceleration to false`,
      { option: "guidance" },
    );
  }
  return own ?? asked ?? (scale > 1 ? classifierFreeGuidance : noGuidance);
}

function chooseScheduler(
  asked: GenerateOptions["scheduler"],
  acceleration: Acceleration | undefined,
  { defaults, schedulerConfig }: ModelFacts,
): Pick<Request, "schedulerName" | "schedulerConfig"> {
  if (typeof asked === "object") return { schedulerConfig: asked };
  if (asked !== undefined) {
    const preset = schedulerPreset(asked, schedulerConfig);
    return {
      schedulerName: asked,
      schedulerConfig: acceleration?.defaults.scheduler(schedulerConfig, preset) ?? preset,
    };
  }
  return {
    schedulerConfig:
      acceleration?.defaults.scheduler(schedulerConfig) ??
      schedulerPreset(defaults.scheduler, schedulerConfig),
  };
}

function planOptions(
  { steps, timesteps, sigmas, eta, scheduler, schedulerOptions }: GenerateOptions,
  defaultSteps: number,
  acceleration: Acceleration | undefined,
  batch: number,
  cut: PlanOptions,
): PlanOptions {
  const own = scheduler === undefined ? acceleration?.defaults : undefined;
  const spaced = timesteps ?? (steps === undefined && !sigmas ? own?.timesteps : undefined);
  const given = spaced?.length ?? (sigmas && sigmas.length - 1);
  if (given !== undefined && steps !== undefined && steps !== given) {
    const option = timesteps ? "timesteps" : "sigmas";
    throw pipelineError("PIPELINE_OPTION", `steps ${steps}: ${option} are for ${given} steps`, { option });
  }
  const noise = eta ?? own?.eta;
  return {
    ...schedulerOptions,
    steps: readOption("steps", integer(1, MAX_STEPS), given ?? steps ?? defaultSteps),
    batch,
    ...cut,
    ...(spaced && { timesteps: spaced }),
    ...(sigmas && { sigmas }),
    ...(noise !== undefined && { eta: noise }),
  };
}

/**
 * Returns how an image's strength cuts the run. Latent consistency models of their own take all steps from a share of the
 * teacher's schedule, as diffusers' LatentConsistencyModelImg2ImgPipeline does; other models run a share of the steps.
 */
function cutBy(
  strength: number,
  { image, mask, timesteps }: GenerateOptions,
  schedulerConfig: SchedulerConfig,
  { embedsGuidance }: ModelFacts,
): PlanOptions {
  if (!image) return {};
  const takesShare = embedsGuidance && createScheduler(schedulerConfig).takes.includes("teacherStrength");
  return takesShare && !mask && !timesteps ? { teacherStrength: strength } : { strength };
}

function chooseDecoder(asked: Decoder | undefined, { defaults, hasTaesd }: ModelFacts): Decoder {
  const decoder = readOption("decoder", oneOf("vae", "taesd"), asked ?? defaults.decoder);
  if (asked === "taesd" && !hasTaesd) throw noTaesd("decoder");
  return decoder;
}

function choosePreview(
  asked: NonNullable<GenerateOptions["preview"]>,
  { hasTaesd }: ModelFacts,
): PreviewMode | false {
  if (asked === false) return false;
  const preview = readOption("preview", oneOf("auto", "linear", "vae", "taesd"), asked);
  if (preview === "taesd" && !hasTaesd) throw noTaesd("preview");
  return preview === "auto" ? (hasTaesd ? "taesd" : "linear") : preview;
}

function noTaesd(option: string) {
  return pipelineError(
    "PIPELINE_OPTION",
    `${option} taesd: no TAESD is loaded; give one when the model is loaded, or use the VAE`,
    { option },
  );
}

/** Resolves seeds; -1 is a random one, as in other programs. */
function seedList(seed: unknown, batch: number): readonly (number | bigint)[] {
  const seeds: readonly unknown[] = Array.isArray(seed) ? seed : [seed ?? -1];
  if (seed === null || !seeds.every(isSeed)) {
    throw pipelineError(
      "PIPELINE_OPTION",
      "seed must be an integer from -2^63 to 2^64-1 (above 2^53, a bigint), or an array of them; -1 is random",
      { option: "seed", value: seed },
    );
  }
  if (Array.isArray(seed) && seeds.length !== batch) {
    throw pipelineError(
      "PIPELINE_OPTION",
      `${seeds.length} seeds for ${batch} images: give one seed, or one for each image`,
      { option: "seed" },
    );
  }
  return seeds.map((one) => (one === -1 || one === -1n ? Math.floor(Math.random() * 2 ** 32) : one));
}

function isSeed(seed: unknown): seed is number | bigint {
  if (typeof seed === "bigint") return seed >= -(2n ** 63n) && seed < 2n ** 64n;
  return Number.isSafeInteger(seed);
}

function sizes(
  options: GenerateOptions,
  { defaults, scaleFactor }: ModelFacts,
): { width: number; height: number } {
  const image = options.image ?? options.controls?.[0]?.image;
  const cut = (size: number) => Math.max(scaleFactor, size - (size % scaleFactor));
  const width = options.width ?? (image ? cut(image.width) : defaults.width);
  const height = options.height ?? (image ? cut(image.height) : defaults.height);
  for (const [name, size] of Object.entries({ width, height })) {
    if (!Number.isInteger(size) || size < scaleFactor || size > MAX_SIDE || size % scaleFactor !== 0) {
      throw pipelineError(
        "PIPELINE_SIZE",
        `${name} ${size}: must be a multiple of ${scaleFactor} from ${scaleFactor} to ${MAX_SIDE}`,
        { option: name, value: size },
      );
    }
  }
  return { width, height };
}

import { SunstepError } from "@sunstep/errors";
import { encodePng } from "@sunstep/image";
import type { JobContext, JobWorker, Offer } from "@sunstep/jobs";
import type { GenerateOptions, GenerateResult, ProgressEvent, StableDiffusion } from "sunstep";
import { encodeImage } from "./encode-image.js";
import { type ActiveDefaults, paintSettings } from "./few-steps.js";
import { firstImage } from "./first-image.js";
import type { ModelPool } from "./model-pool.js";
import type {
  DescribeInput,
  ModelDescription,
  PaintedImage,
  PaintInput,
  PaintProgress,
  PaintResult,
} from "./paint-input.js";
import { controlOptions, loadControls } from "./use-controls.js";

/** Milliseconds between two reported previews, each of which is encoded as a PNG; streams show every step. */
const previewEvery = { linear: 250, auto: 0 } as const;

/** The worker of the server's jobs. */
export function painter(
  pool: ModelPool,
  controlnet: (name: string) => string,
  offer: () => Offer,
): JobWorker {
  return {
    get offer() {
      return offer();
    },
    async run({ spec }, context) {
      const input = spec.input as PaintInput | DescribeInput;
      if (input.kind === "describe") return describe(await pool.use({ model: spec.model }, context.signal));
      context.report(startOf(input, "loading the model"));
      const model = await pool.use({ model: spec.model, vae: input.vae }, context.signal);
      await loadControls(model, input.controls ?? [], controlnet, context.signal);
      return await paint(model, input, context);
    },
  };
}

/** Names of few-step methods, where the program spells them in another way. */
const methodNames: Readonly<Record<string, string>> = { sun: "SUN" };

function describe(model: StableDiffusion): ModelDescription {
  const { architecture, backend, defaults, activeDefaults, accelerations, warnings } = model;
  const method = accelerations.at(-1);
  return {
    name: model.model,
    architecture,
    backend,
    defaults: { width: defaults.width, height: defaults.height, ...active(activeDefaults) },
    ...(method !== undefined && { acceleration: methodNames[method] ?? method }),
    warnings: warnings.map(({ message }) => message),
  };
}

const active = ({ steps, guidanceScale }: ActiveDefaults) => ({ steps, guidanceScale });

const startOf = ({ count, steps = 0 }: PaintInput, stage: string): PaintProgress => ({
  image: 0,
  images: count,
  step: 0,
  steps,
  begun: Date.now(),
  stage,
});

/** Makes the images one by one, so that an interrupt keeps those that are done. */
async function paint(model: StableDiffusion, input: PaintInput, context: JobContext): Promise<PaintResult> {
  const settings = paintSettings(input, model.activeDefaults);
  const start = await firstImage(input, context.blobs);
  const { width: ownWidth, height: ownHeight } = {
    ...model.defaults,
    ...plainOptions(input),
    ...start?.options,
  };
  const controls = await controlOptions(
    input.controls ?? [],
    { width: ownWidth, height: ownHeight },
    context.blobs,
  );
  const warnings = new Set(settings.warnings);
  const images: PaintedImage[] = [];
  let last: GenerateResult | undefined;
  let interrupted = false;
  let current = new AbortController();
  context.onSignal((signal) => {
    interrupted ||= signal === "interrupt";
    current.abort();
  });
  const begun = Date.now();
  for (let index = 0; index < input.count && !interrupted; index++) {
    current = new AbortController();
    const signal = AbortSignal.any([context.signal, current.signal]);
    const seed = input.seed + index;
    const { warnings: _, ...chosen } = settings;
    try {
      last = await model.generate(input.prompt, {
        ...plainOptions(input),
        ...chosen,
        ...start?.options,
        ...controls,
        seed,
        signal,
        onProgress: progressOf(input, index, begun, context),
      });
    } catch (error) {
      if (context.signal.aborted || !SunstepError.isInstance(error, "ABORTED")) throw error;
      continue;
    }
    for (const { message } of last.warnings) warnings.add(message);
    const [made] = last.images;
    const image = start ? await start.finish(made!) : made!;
    const { width, height } = image;
    const { parameters } = made!;
    const blob = await context.blobs.put(await encodeImage(image, parameters, input));
    const { load: _load, ...stages } = last.timings;
    const milliseconds = Math.round(Object.values(stages).reduce((sum, time) => sum + time, 0));
    images.push({ blob, seed, width, height, parameters, evaluations: last.evaluations, milliseconds });
  }
  const { width = input.width, height = input.height } = last?.request ?? {};
  return {
    images,
    steps: last?.request.steps ?? input.steps ?? 0,
    guidanceScale: last?.request.guidanceScale ?? input.guidanceScale ?? 0,
    width: width ?? model.defaults.width,
    height: height ?? model.defaults.height,
    warnings: [...warnings],
    interrupted,
  };
}

function plainOptions(input: PaintInput): GenerateOptions {
  const { negativePrompt, width, height, clipSkip, randomSource, previews } = input;
  return {
    ...(negativePrompt && { negativePrompt }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(clipSkip !== undefined && { clipSkip }),
    ...(randomSource && { randomSource }),
    ...(previews && { preview: previews }),
  };
}

const stages: Readonly<Record<string, string>> = {
  load: "loading networks",
  "encode-prompt": "reading the prompt",
  "encode-image": "reading the image",
  denoise: "painting",
  decode: "decoding",
};

/** Returns a listener that reports a run's events. */
function progressOf(input: PaintInput, image: number, begun: number, { report }: JobContext) {
  let latest: PaintProgress = { ...startOf(input, "painting"), image, begun };
  let shown = 0;
  return (event: ProgressEvent): void => {
    if (event.type === "warning") return;
    if (event.type === "stage") latest = { ...latest, stage: stages[event.stage] ?? event.stage };
    else if (event.type === "prepare") latest = { ...latest, stage: `preparing ${event.network}, once` };
    else {
      const [preview] = event.previews ?? [];
      const isDue = preview !== undefined && Date.now() - shown >= previewEvery[input.previews ?? "linear"];
      if (isDue) shown = Date.now();
      latest = {
        ...latest,
        stage: "painting",
        step: event.step,
        steps: event.steps,
        ...(isDue && { preview: Buffer.from(encodePng(preview)).toString("base64") }),
      };
    }
    report(latest);
  };
}

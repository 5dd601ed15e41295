import { fields } from "@sunstep/errors";
import type { PipelineComponents } from "../components.js";
import { pipelineError } from "../errors.js";
import type { GenerateOptions } from "../request/generate-options.js";
import { readOption } from "../request/read-option.js";
import type { Request } from "../request/request.js";
import { sizeConditionings } from "../request/size-conditioning.js";
import type { Hires } from "./hires-options.js";

const { integer, number, oneOf } = fields;

const MAX_STEPS = 1000;
const MAX_SIDE = 8192;

/**
 * Makes the choices that `hires` leaves open.
 * @throws PIPELINE_OPTION, PIPELINE_SIZE
 */
export function resolveHires(
  options: GenerateOptions,
  { width, height, steps }: Pick<Request, "width" | "height" | "steps">,
  scaleFactor: number,
): { readonly hires?: Hires } {
  const { hires } = options;
  if (hires === undefined) return {};
  const conflict = (["image", "timesteps", "sigmas"] as const).find(
    (option) => options[option] !== undefined,
  );
  if (conflict) {
    throw pipelineError(
      "PIPELINE_OPTION",
      `hires: not together with ${conflict}: the second run of hires has an image and steps of its own`,
      { option: "hires", other: conflict },
    );
  }
  const scale = readOption("hires.scale", number(1, 8), hires.scale ?? 2);
  const enlarged = (size: number) => Math.floor((size * scale) / scaleFactor) * scaleFactor;
  const size = { width: enlarged(width), height: enlarged(height) };
  if (size.width > MAX_SIDE || size.height > MAX_SIDE) {
    throw pipelineError(
      "PIPELINE_SIZE",
      `hires.scale ${scale}: ${size.width}x${size.height} is more than ${MAX_SIDE}`,
      { option: "hires.scale", value: scale },
    );
  }
  return {
    hires: {
      scale,
      strength: readOption("hires.strength", number(0.01, 1), hires.strength ?? 0.7),
      steps: readOption("hires.steps", integer(1, MAX_STEPS), hires.steps ?? steps),
      upscaler: readOption("hires.upscaler", oneOf("latent", "lanczos"), hires.upscaler ?? "latent"),
      ...size,
    },
  };
}

/** @throws PIPELINE_OPTION for a network that paints by a mask, which a second run has not */
export function checkHires(
  { hires }: Request,
  { unet, vae }: Pick<PipelineComponents, "unet" | "vae">,
): void {
  if (!hires || unet.config.in_channels <= vae.config.latent_channels) return;
  throw pipelineError(
    "PIPELINE_OPTION",
    "hires: this is an inpainting model, which takes a mask at every step: use a model without one",
    { option: "hires" },
  );
}

/** The request of the second run: image-to-image that makes `hires.steps` steps, as AUTOMATIC1111 counts them. */
export function secondRequest(request: Request, hires: Hires, options: GenerateOptions): Request {
  const { width, height, strength } = hires;
  const { timesteps: _, ...plan } = request.plan;
  const steps = plannedSteps(hires);
  return {
    ...request,
    width,
    height,
    sizeConditioning: sizeConditionings(options, { width, height }),
    steps,
    strength,
    plan: { ...plan, steps, strength },
  };
}

/** The fewest steps of which the strength leaves as many as are asked for. */
export function plannedSteps({ steps, strength }: Pick<Hires, "steps" | "strength">): number {
  let planned = Math.floor(steps / strength);
  while (Math.trunc(planned * strength) < steps) planned++;
  return planned;
}

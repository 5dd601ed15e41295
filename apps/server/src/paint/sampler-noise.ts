import { serverError } from "../errors.js";
import type { PaintInput } from "./paint-input.js";

/** Samplers whose noise is what eta says. */
const scaled = /^(ddim|tcd)\b/;
/** Samplers that add noise to each step: as much as eta 1 says. */
const noisy = /^(euler-a|dpm\+\+[23]m-sde)\b/;
const ancestralEuler = /^euler-a\b/;

/**
 * Returns the scheduler and eta of a request: Euler a without noise is Euler (k-diffusion, sample_euler_ancestral), and
 * samplers that add no noise ignore eta, as they do in AUTOMATIC1111.
 * @throws REQUEST_UNSUPPORTED for an amount of noise that the sampler does not have here
 */
export function samplerNoise({ scheduler = "", eta }: Pick<PaintInput, "scheduler" | "eta">): {
  readonly scheduler: string | undefined;
  readonly eta?: number;
} {
  const asked = { scheduler: scheduler || undefined };
  if (eta === undefined) return asked;
  if (scaled.test(scheduler)) return { ...asked, eta };
  if (!noisy.test(scheduler) || eta === 1) return asked;
  if (eta === 0 && ancestralEuler.test(scheduler))
    return { scheduler: scheduler.replace(ancestralEuler, "euler") };
  throw serverError(
    "REQUEST_UNSUPPORTED",
    `eta ${eta}: ${scheduler} adds as much noise as eta 1 says; leave it out, or take DDIM, or Euler a with 0 or 1`,
    { scheduler, eta },
  );
}

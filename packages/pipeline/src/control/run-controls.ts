import type { UNetConfig } from "@sunstep/checkpoint";
import type { LatentSize } from "../latents/latents.js";
import type { Conditioning, PromptConditioning } from "../prompts/conditioning.js";
import type { Request } from "../request/request.js";
import type { Adapter } from "../sessions/adapter.js";
import { isActive } from "./control.js";
import { type PreparedControl, prepareControl } from "./controlnets.js";
import { residualAdapter } from "./residual-adapter.js";

/** The ControlNets of a run. */
export interface RunControls {
  /** Gives the U-Net inputs for residuals. */
  readonly adapter: Adapter;
  /** Returns the controls that take part in a step. */
  at(index: number, count: number): StepControls;
}

/** The ControlNets of a step. */
export interface StepControls {
  readonly controls: readonly PreparedControl[];
  /** Returns what ControlNets are conditioned on where the U-Net is on `unet`; undefined if they take no part there. */
  conditioningOf(unet: Conditioning): Conditioning | undefined;
}

/**
 * Prepares the controls of a request. In guess mode they take no part in evaluations of negative prompts, as in diffusers.
 * Returns undefined for a request without a list of controls; with an empty one the U-Net is ready to take residuals.
 */
export function runControls(
  request: Request,
  unet: UNetConfig,
  { height, width }: LatentSize,
  prompts: readonly (readonly PromptConditioning[])[],
): RunControls | undefined {
  const { controls: given, guessMode } = request;
  if (!given) return undefined;
  const controls = given.map((control) => prepareControl(control, request));
  const own = new Map<Conditioning, Conditioning | undefined>();
  for (const { positive, negative, control, composed = [] } of prompts.flat()) {
    if (negative && guessMode) own.set(negative, undefined);
    for (const part of [{ conditioning: positive, control }, ...composed])
      if (part.control) own.set(part.conditioning, part.control);
  }
  return {
    adapter: residualAdapter(unet, height, width),
    at: (index, count) => ({
      controls: controls.filter((control) => isActive(control, index, count)),
      conditioningOf: (conditioning) => (own.has(conditioning) ? own.get(conditioning) : conditioning),
    }),
  };
}

import type { NodeEmitter, Value } from "@sunstep/onnx-graph";
import type { PredictionType } from "@sunstep/scheduler";

/**
 * A network's output read as a clean sample and noise; all [batch, channels, height, width]. The same formulas as
 * `scheduler/src/prediction.ts`, emitted as graph nodes.
 */
export interface Denoised {
  /** The clean sample, x_0. */
  readonly clean: Value;
  /** The noise, epsilon. */
  readonly noise: Value;
}

/** sqrt(alphaBar) and sqrt(1 - alphaBar) at one timestep of each sample, [batch, 1, 1, 1]. */
export interface NoiseLevel {
  readonly alpha: Value;
  readonly sigma: Value;
}

/** Emits the level of alphaBar, [batch]. `alphaBar` is diffusers' alphas_cumprod at a timestep. */
export function noiseLevel(emit: NodeEmitter, alphaBar: Value): NoiseLevel {
  const column = emit.op("Reshape", [alphaBar, emit.ints([alphaBar.shape[0]!, 1, 1, 1])]);
  return {
    alpha: emit.op("Sqrt", [column]),
    sigma: emit.op("Sqrt", [emit.op("Sub", [emit.scalar(1), column])]),
  };
}

type Reading = (emit: NodeEmitter, sample: Value, output: Value, level: NoiseLevel) => Denoised;

/** Ho et al. 2020, equation 4; Salimans and Ho 2022 (arXiv 2202.00512), appendix D. */
const readings: Record<PredictionType, Reading> = {
  epsilon: (emit, sample, output, { alpha, sigma }) => ({
    clean: emit.op("Div", [emit.op("Sub", [sample, emit.op("Mul", [sigma, output])]), alpha]),
    noise: output,
  }),
  v_prediction: (emit, sample, output, { alpha, sigma }) => ({
    clean: emit.op("Sub", [emit.op("Mul", [alpha, sample]), emit.op("Mul", [sigma, output])]),
    noise: emit.op("Add", [emit.op("Mul", [alpha, output]), emit.op("Mul", [sigma, sample])]),
  }),
  sample: (emit, sample, output, { alpha, sigma }) => ({
    clean: output,
    noise: emit.op("Div", [emit.op("Sub", [sample, emit.op("Mul", [alpha, output])]), sigma]),
  }),
};

/** Emits the clean sample and the noise that a network's output predicts. */
export function denoised(
  emit: NodeEmitter,
  prediction: PredictionType,
  sample: Value,
  output: Value,
  level: NoiseLevel,
): Denoised {
  return readings[prediction](emit, sample, output, level);
}

/** Emits a deterministic DDIM step to another noise level (Song et al. 2020, arXiv 2010.02502, equation 12, sigma = 0). */
export function jump(emit: NodeEmitter, { clean, noise }: Denoised, to: NoiseLevel): Value {
  return emit.op("Add", [emit.op("Mul", [to.alpha, clean]), emit.op("Mul", [to.sigma, noise])]);
}

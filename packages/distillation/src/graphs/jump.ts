import type { NodeEmitter, Value } from "@sunstep/onnx-graph";
import type { PredictionType } from "@sunstep/scheduler";

/** What a network's output says about a noisy sample; all [batch, channels, height, width]. */
export interface Denoised {
  /** The clean sample, x_0. */
  readonly clean: Value;
  /** The noise, epsilon. */
  readonly noise: Value;
}

/** Square roots of abar and of 1 - abar at some timestep of each sample, [batch, 1, 1, 1]. */
export interface NoiseLevel {
  readonly signal: Value;
  readonly noise: Value;
}

/** The level from abar, [batch]. */
export function noiseLevel(emit: NodeEmitter, alphaBar: Value): NoiseLevel {
  const column = emit.op("Reshape", [alphaBar, emit.ints([alphaBar.shape[0]!, 1, 1, 1])]);
  return {
    signal: emit.op("Sqrt", [column]),
    noise: emit.op("Sqrt", [emit.op("Sub", [emit.scalar(1), column])]),
  };
}

type Reading = (emit: NodeEmitter, sample: Value, output: Value, level: NoiseLevel) => Denoised;

/** Ho et al. 2020, equation 4; Salimans and Ho 2022 (arXiv 2202.00512), appendix D. */
const readings: Record<PredictionType, Reading> = {
  epsilon: (emit, sample, output, { signal, noise }) => ({
    clean: emit.op("Div", [emit.op("Sub", [sample, emit.op("Mul", [noise, output])]), signal]),
    noise: output,
  }),
  v_prediction: (emit, sample, output, { signal, noise }) => ({
    clean: emit.op("Sub", [emit.op("Mul", [signal, sample]), emit.op("Mul", [noise, output])]),
    noise: emit.op("Add", [emit.op("Mul", [signal, output]), emit.op("Mul", [noise, sample])]),
  }),
  sample: (emit, sample, output, { signal, noise }) => ({
    clean: output,
    noise: emit.op("Div", [emit.op("Sub", [sample, emit.op("Mul", [signal, output])]), noise]),
  }),
};

/** Reads a network's output. */
export function denoised(
  emit: NodeEmitter,
  prediction: PredictionType,
  sample: Value,
  output: Value,
  level: NoiseLevel,
): Denoised {
  return readings[prediction](emit, sample, output, level);
}

/** A deterministic DDIM step to another noise level (Song et al. 2020, arXiv 2010.02502, equation 12, sigma = 0). */
export function jump(emit: NodeEmitter, { clean, noise }: Denoised, to: NoiseLevel): Value {
  return emit.op("Add", [emit.op("Mul", [to.signal, clean]), emit.op("Mul", [to.noise, noise])]);
}

import { int, type NodeEmitter, type Value } from "@sunstep/onnx-graph";

export interface AdamWOptions {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest norm of the gradient; longer ones are scaled down. 0 disables clipping. */
  readonly clipNorm: number;
  /** Weight of the old average at each step. */
  readonly emaDecay: number;
}

/** Vectors of one length, and numbers of shape [1]. */
export interface AdamWInputs {
  readonly gradient: Value;
  readonly parameters: Value;
  readonly moment1: Value;
  readonly moment2: Value;
  readonly ema: Value;
  readonly learningRate: Value;
  /** 1 - beta1^k and 1 - beta2^k at step k = 1, 2, ... */
  readonly correction1: Value;
  readonly correction2: Value;
}

export interface AdamWResults {
  readonly parameters: Value;
  readonly moment1: Value;
  readonly moment2: Value;
  readonly ema: Value;
  /** Norm of the gradient before clipping, a scalar. */
  readonly gradientNorm: Value;
}

/** Added to the norm, as in torch.nn.utils.clip_grad_norm_. */
const CLIP_EPSILON = 1e-6;

/**
 * Emits clipping, one step of AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2, in torch.optim.AdamW's
 * order) and the moving average.
 */
export function emitAdamW(emit: NodeEmitter, inputs: AdamWInputs, options: AdamWOptions): AdamWResults {
  const { gradient, learningRate } = inputs;
  const {
    betas: [beta1, beta2],
    epsilon,
    weightDecay,
    clipNorm,
    emaDecay,
  } = options;
  const scaled = (factor: number, value: Value) => emit.op("Mul", [emit.scalar(factor), value]);
  const mixed = (kept: number, old: Value, next: Value) =>
    emit.op("Add", [scaled(kept, old), scaled(1 - kept, next)]);

  const square = emit.op("ReduceSumSquare", [gradient], { keepdims: int(0) });
  const gradientNorm = emit.op("Sqrt", [square]);
  const clipped = clipNorm > 0 ? clip(emit, gradient, gradientNorm, clipNorm) : gradient;
  const shrink = emit.op("Sub", [emit.scalar(1), scaled(weightDecay, learningRate)]);
  const decayed = weightDecay > 0 ? emit.op("Mul", [inputs.parameters, shrink]) : inputs.parameters;
  const moment1 = mixed(beta1, inputs.moment1, clipped);
  const moment2 = mixed(beta2, inputs.moment2, emit.op("Mul", [clipped, clipped]));
  const deviation = emit.op("Div", [emit.op("Sqrt", [moment2]), emit.op("Sqrt", [inputs.correction2])]);
  const step = emit.op("Div", [moment1, emit.op("Add", [deviation, emit.scalar(epsilon)])]);
  const rate = emit.op("Div", [learningRate, inputs.correction1]);
  const parameters = emit.op("Sub", [decayed, emit.op("Mul", [rate, step])]);
  return { parameters, moment1, moment2, ema: mixed(emaDecay, inputs.ema, parameters), gradientNorm };
}

function clip(emit: NodeEmitter, gradient: Value, norm: Value, limit: number): Value {
  const factor = emit.op("Div", [emit.scalar(limit), emit.op("Add", [norm, emit.scalar(CLIP_EPSILON)])]);
  return emit.op("Mul", [gradient, emit.op("Min", [emit.scalar(1), factor])]);
}

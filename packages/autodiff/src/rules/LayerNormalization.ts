import { elementCount, type NodeEmitter, type Value } from "@sunstep/onnx-graph";
import { axisOf } from "../axes.js";
import { scaled, sum, sumTo } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

interface Moments {
  /** x - mean */
  readonly centred: Value;
  /** 1 / standard deviation */
  readonly inverse: Value;
  /** Means over the normalized axes of the normalized value's gradient d, and of d (x - mean). */
  readonly mean: Value;
  readonly covariance: Value;
}

/** The trailing normalized axes along which the scale is the same: [1, channels, 1] has one. */
function uniformAxes(scale: readonly number[], rank: number, first: number): number[] {
  const axes: number[] = [];
  for (let axis = rank - 1; axis >= first; axis--) {
    if ((scale[axis - rank + scale.length] ?? 1) !== 1) break;
    axes.unshift(axis);
  }
  return axes;
}

/** From each element's gradient d of the normalized value: (d - mean - (x - mean) covariance / variance) / deviation */
function combine(emit: NodeEmitter, weighted: Value, { centred, inverse, mean, covariance }: Moments): Value {
  const cube = emit.op("Mul", [emit.op("Mul", [inverse, inverse]), inverse]);
  const along = emit.op("Mul", [centred, emit.op("Mul", [covariance, cube])]);
  return emit.op("Sub", [emit.op("Sub", [weighted, along]), emit.op("Mul", [mean, inverse])]);
}

/**
 * y = (x - mean) / deviation * scale + bias (Ba et al. 2016, arXiv 1607.06450). Where the scale is the same along the last
 * axes, their sums come first, and the rest works on the few numbers that are left.
 */
export const LayerNormalization: GradientRule = (context) => {
  const { emit, gradient, wants, type, input, output } = context;
  const { shape } = type(0);
  const first = axisOf(context, -1);
  const axes = shape.flatMap((_, i) => (i >= first ? [i] : []));
  const count = elementCount(shape.slice(first));
  const [scale, inverse] = [input(1), output(2)];
  const centred = emit.op("Sub", [input(0), output(1)]);
  const uniform = uniformAxes(scale.shape, shape.length, first);
  const biasIsUniform = () => uniformAxes(type(2).shape, shape.length, first).length >= uniform.length;
  const gradients = sum(emit, gradient, uniform, true);
  const products = sum(emit, emit.op("Mul", [gradient, centred]), uniform, true);
  const meanOf = (values: Value) =>
    scaled(emit, sum(emit, emit.op("Mul", [values, scale]), axes, true), 1 / count);
  const ofInput = () =>
    combine(emit, emit.op("Mul", [gradient, emit.op("Mul", [scale, inverse])]), {
      centred,
      inverse,
      mean: meanOf(gradients),
      covariance: meanOf(products),
    });
  return [
    wants(0) ? ofInput() : undefined,
    wants(1) ? sumTo(emit, emit.op("Mul", [products, inverse]), type(1).shape) : undefined,
    wants(2) ? sumTo(emit, biasIsUniform() ? gradients : gradient, type(2).shape) : undefined,
  ];
};

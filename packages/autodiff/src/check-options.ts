import { elementCount, type Graph, type Model, type Value } from "@sunstep/onnx-graph";
import { autodiffError } from "./errors.js";
import { isFloat } from "./is-float.js";
import type { GradientOptions } from "./options.js";

export const outputName = (value: string) => `grad/${value}`;

/** The operator set that introduced LayerNormalization. */
const OLDEST_OPSET = 17;

export function checkOpset({ opsets, graph }: Model): void {
  const opset = opsets[""] ?? 1;
  if (opset >= OLDEST_OPSET) return;
  throw autodiffError(
    "AUTODIFF_OPSET",
    `the graph ${graph.name} is written in operator set ${opset}; gradients need ${OLDEST_OPSET} or newer`,
    { opset },
  );
}

export function checkNames(
  graph: Graph,
  { loss, withRespectTo, outputs = [], checkpoint = [] }: GradientOptions,
): void {
  const known = new Set([
    ...[...graph.inputs, ...graph.outputs].map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.values.keys(),
  ]);
  const unknown = [loss, ...withRespectTo, ...checkpoint].filter((name) => !known.has(name));
  unknown.push(...outputs.filter((name) => graph.outputs.every((output) => output.name !== name)));
  if (unknown.length > 0) {
    throw autodiffError(
      "AUTODIFF_UNKNOWN_VALUE",
      `the graph ${graph.name} has no ${unknown.length > 1 ? "values" : "value"} ${unknown.join(", ")}`,
      { values: unknown },
    );
  }
  const taken = withRespectTo.map(outputName).filter((name) => known.has(name));
  if (taken.length > 0) {
    throw autodiffError("AUTODIFF_NAME_TAKEN", `the graph ${graph.name} has ${taken.join(", ")} already`, {
      values: taken,
    });
  }
}

export function checkLoss({ name, dtype, shape }: Value): void {
  if (elementCount(shape) === 1 && isFloat(dtype)) return;
  throw autodiffError(
    "AUTODIFF_LOSS",
    `the loss ${name} is ${dtype} [${shape.join(", ")}]; it must be one floating-point number`,
    { loss: name, dtype, shape },
  );
}

export function checkReached(path: ReadonlySet<string>, { loss, withRespectTo }: GradientOptions): void {
  const unreachable = withRespectTo.filter((name) => !path.has(name));
  if (unreachable.length === 0) return;
  throw autodiffError("AUTODIFF_UNREACHABLE", `${loss} does not depend on ${unreachable.join(", ")}`, {
    loss,
    values: unreachable,
  });
}

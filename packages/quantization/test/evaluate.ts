import { readFileSync } from "node:fs";
import { lowerForCpuWith } from "@sunstep/graph-passes";
import { checkModel, type Model, type Pass, runPasses, writeOnnx } from "@sunstep/onnx-graph";
import { type RunTensor, runOnnx } from "@sunstep/testing";

/** Lowers a model with `passes` over its products and returns its outputs as ONNX Runtime computes them. */
export async function evaluate(
  model: Model,
  passes: readonly Pass[],
  feeds: Readonly<Record<string, RunTensor>>,
): Promise<Record<string, RunTensor>> {
  const lowered = lower(model, passes);
  const files = new Map(
    [...lowered.graph.initializers.values()].flatMap(({ data }) =>
      data.kind === "external" ? [[data.source.name, data.source.path ?? ""] as const] : [],
    ),
  );
  const externalData = Object.fromEntries([...files].map(([name, path]) => [name, readFileSync(path)]));
  return runOnnx(writeOnnx(lowered), feeds, { graphOptimizationLevel: "all", externalData });
}

export function lower(model: Model, passes: readonly Pass[]): Model {
  const lowered = runPasses(model, lowerForCpuWith(passes)).model;
  checkModel(lowered);
  return lowered;
}

/** The names of the nodes of an operator. */
export function namesOf({ graph }: Model, op: string): string[] {
  return graph.nodes.filter((node) => node.op === op).map(({ name }) => name);
}

/** Integers from -127 or -128 to 127, both among every 16: in 8 bits their scale is 1. */
export function integers(count: number, lowest: -127 | -128, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    if (i % 16 === 0) return 127;
    return i % 16 === 1 ? lowest : lowest + ((state >>> 8) % (128 - lowest));
  });
}

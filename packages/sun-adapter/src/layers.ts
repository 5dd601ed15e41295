// The authors' format: the state of a torch ModuleList over unet.attn_processors, so "1.to_k_neg.weight" belongs to the
// second processor (github.com/williechai/speedup-plugin-for-stable-diffusions, attention_processor.py).

import { formatShape, sunError } from "./errors.js";
import type { SunAdapter, SunBranch, SunLayer } from "./sun-adapter.js";

/** The part of a weight that the format is about. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Weights by their names in the file. */
export interface WeightTable<Weight extends NamedShape> {
  names(): readonly string[];
  has(name: string): boolean;
  get(name: string): Weight;
}

/** The name of each weight of a branch in the file, after the layer's index. */
const tensorNames = (branch: "neg" | "extra_pos"): Record<keyof SunBranch, string> => ({
  key: `to_k_${branch}.weight`,
  value: `to_v_${branch}.weight`,
  alpha: `to_k_${branch}_alpha`,
  beta: `to_k_${branch}_beta`,
});

export const NEGATIVE = tensorNames("neg");
export const EXTRA_POSITIVE = tensorNames("extra_pos");
const known = new Set([...Object.values(NEGATIVE), ...Object.values(EXTRA_POSITIVE)]);

/**
 * Sorts the weights of an adapter into its layers, plain or `add_pos`. `file` names it in messages.
 * @throws SunstepError SUN_NOT_AN_ADAPTER, SUN_SELF_ATTENTION, SUN_INCOMPLETE, SUN_SHAPE
 */
export function adapterLayers<Weight extends NamedShape>(
  file: string,
  weights: WeightTable<Weight>,
): { readonly variant: SunAdapter["variant"]; readonly layers: readonly SunLayer<Weight>[] } {
  const indices = [...new Set(weights.names().map((tensor) => layerIndex(tensor, file)))];
  if (indices.length === 0)
    throw sunError("SUN_NOT_AN_ADAPTER", `${file} is not a SUN adapter: it has no tensors`, { file });
  indices.sort((a, b) => a - b);
  const addPos = indices.some((index) =>
    Object.values(EXTRA_POSITIVE).some((tensor) => weights.has(`${index}.${tensor}`)),
  );
  return {
    variant: addPos ? "add_pos" : "plain",
    layers: indices.map((index) => layerOf(file, weights, index, addPos)),
  };
}

function layerIndex(tensor: string, file: string): number {
  const [, digits, rest = ""] = /^(\d+)\.(.+)$/.exec(tensor) ?? [];
  if (digits === undefined || !known.has(rest)) {
    throw sunError(
      "SUN_NOT_AN_ADAPTER",
      `${file} is not a SUN adapter: it holds ${tensor}; the tensors of one have names like 1.to_k_neg.weight`,
      { file, tensor },
    );
  }
  const index = Number(digits);
  if (index % 2 === 0) {
    throw sunError(
      "SUN_SELF_ATTENTION",
      `${file}: ${tensor} has index ${index}, a self-attention; the indices of a SUN adapter are odd`,
      { file, tensor, index },
    );
  }
  return index;
}

function layerOf<Weight extends NamedShape>(
  file: string,
  weights: WeightTable<Weight>,
  index: number,
  addPos: boolean,
): SunLayer<Weight> {
  const wanted = [...Object.values(NEGATIVE), ...(addPos ? Object.values(EXTRA_POSITIVE) : [])];
  const missing = wanted.filter((tensor) => !weights.has(`${index}.${tensor}`));
  if (missing.length > 0) {
    throw sunError(
      "SUN_INCOMPLETE",
      `${file}: layer ${index} of this ${addPos ? "add_pos " : ""}adapter lacks ${missing.join(", ")}`,
      { file, index, missing },
    );
  }
  const negative = branchOf(file, weights, index, NEGATIVE);
  return addPos
    ? { index, negative, extraPositive: branchOf(file, weights, index, EXTRA_POSITIVE) }
    : { index, negative };
}

function branchOf<Weight extends NamedShape>(
  file: string,
  weights: WeightTable<Weight>,
  index: number,
  names: Record<keyof SunBranch, string>,
): SunBranch<Weight> {
  const weight = (part: keyof SunBranch) => weights.get(`${index}.${names[part]}`);
  const branch = { key: weight("key"), value: weight("value"), alpha: weight("alpha"), beta: weight("beta") };
  const [channels = 0] = branch.key.shape;
  if (branch.key.shape.length !== 2) throw misshapen(file, branch.key, "[channels, context channels]");
  if (formatShape(branch.value.shape) !== formatShape(branch.key.shape))
    throw misshapen(file, branch.value, `${formatShape(branch.key.shape)} as ${branch.key.name}`);
  for (const vector of [branch.alpha, branch.beta]) {
    if (formatShape(vector.shape) !== formatShape([channels]))
      throw misshapen(file, vector, formatShape([channels]));
  }
  return branch;
}

function misshapen(file: string, { name, shape }: NamedShape, wanted: string): Error {
  return sunError("SUN_SHAPE", `${file}: ${name} is ${formatShape(shape)}, must be ${wanted}`, {
    file,
    tensor: name,
    shape,
  });
}

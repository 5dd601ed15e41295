// The authors' format: the state of a torch ModuleList over unet.attn_processors, so "1.to_k_neg.weight" belongs to the
// second processor (github.com/williechai/speedup-plugin-for-stable-diffusions, attention_processor.py).

import type { SafetensorsFile, WeightRef } from "@sunstep/checkpoint";
import { formatShape, sunError } from "./errors.js";
import type { SunAdapter, SunBranch, SunLayer } from "./sun-adapter.js";

/** Name of each part of a branch in the file, after the layer's index. */
const tensorNames = (branch: "neg" | "extra_pos"): Record<keyof SunBranch, string> => ({
  key: `to_k_${branch}.weight`,
  value: `to_v_${branch}.weight`,
  alpha: `to_k_${branch}_alpha`,
  beta: `to_k_${branch}_beta`,
});

const NEGATIVE = tensorNames("neg");
const EXTRA_POSITIVE = tensorNames("extra_pos");
const known = new Set([...Object.values(NEGATIVE), ...Object.values(EXTRA_POSITIVE)]);

/**
 * Reads which layers a SUN adapter has and where their weights lie. fp16 and fp32 files; plain and `add_pos`.
 * Whether it fits a model shows when it is added to one.
 * @throws SunstepError SUN_NOT_AN_ADAPTER, SUN_SELF_ATTENTION, SUN_INCOMPLETE, SUN_SHAPE
 */
export function readSunAdapter(file: SafetensorsFile): SunAdapter {
  const name = file.source.name;
  const indices = [...new Set(file.weights.names().map((tensor) => layerIndex(tensor, name)))];
  if (indices.length === 0)
    throw sunError("SUN_NOT_AN_ADAPTER", `${name} is no SUN adapter: it has no tensors`, { file: name });
  indices.sort((a, b) => a - b);
  const addPos = indices.some((index) =>
    Object.values(EXTRA_POSITIVE).some((tensor) => file.weights.has(`${index}.${tensor}`)),
  );
  return {
    file: name,
    variant: addPos ? "add_pos" : "plain",
    layers: indices.map((index) => readLayer(file, index, addPos)),
  };
}

function layerIndex(tensor: string, file: string): number {
  const [, digits, rest = ""] = /^(\d+)\.(.+)$/.exec(tensor) ?? [];
  if (digits === undefined || !known.has(rest)) {
    throw sunError(
      "SUN_NOT_AN_ADAPTER",
      `${file} is no SUN adapter: it holds ${tensor}, where names like 1.to_k_neg.weight belong`,
      { file, tensor },
    );
  }
  const index = Number(digits);
  if (index % 2 === 0) {
    throw sunError(
      "SUN_SELF_ATTENTION",
      `${file}: ${tensor} is for index ${index}, a self-attention layer; SUN adapters have odd indices only`,
      { file, tensor, index },
    );
  }
  return index;
}

function readLayer(file: SafetensorsFile, index: number, addPos: boolean): SunLayer {
  const wanted = [...Object.values(NEGATIVE), ...(addPos ? Object.values(EXTRA_POSITIVE) : [])];
  const missing = wanted.filter((tensor) => !file.weights.has(`${index}.${tensor}`));
  if (missing.length > 0) {
    throw sunError(
      "SUN_INCOMPLETE",
      `${file.source.name}: layer ${index} of this ${addPos ? "add_pos " : ""}adapter lacks ${missing.join(", ")}`,
      { file: file.source.name, index, missing },
    );
  }
  const negative = readBranch(file, index, NEGATIVE);
  return addPos
    ? { index, negative, extraPositive: readBranch(file, index, EXTRA_POSITIVE) }
    : { index, negative };
}

function readBranch(file: SafetensorsFile, index: number, names: Record<keyof SunBranch, string>): SunBranch {
  const weight = (part: keyof SunBranch) => file.weights.get(`${index}.${names[part]}`);
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

function misshapen(file: SafetensorsFile, { name, shape }: WeightRef, wanted: string): Error {
  return sunError("SUN_SHAPE", `${file.source.name}: ${name} is ${formatShape(shape)}, must be ${wanted}`, {
    file: file.source.name,
    tensor: name,
    shape,
  });
}

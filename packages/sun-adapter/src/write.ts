import { writeSafetensors } from "@sunstep/checkpoint";
import { encodeFloat16, type Tensor, tensor } from "@sunstep/tensor";
import { sunError } from "./errors.js";
import { adapterLayers } from "./layers.js";

/** A weight of an adapter under the name it has in the file: "1.to_k_neg.weight". */
export interface SunTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface WriteSunAdapterOptions {
  /** How weights are stored. Default "float16", as the authors' file. */
  readonly dtype?: "float16" | "float32";
  readonly metadata?: Readonly<Record<string, string>>;
}

const FILE = "the adapter to be written";

/**
 * An adapter's file, in the authors' format. Every layer must have all its weights; whether they fit a model shows when
 * the adapter is added to one.
 * @throws SunstepError SUN_NOT_AN_ADAPTER, SUN_SELF_ATTENTION, SUN_INCOMPLETE, SUN_SHAPE, SUN_NOT_FINITE
 */
export function writeSunAdapter(
  tensors: readonly SunTensor[],
  { dtype = "float16", metadata }: WriteSunAdapterOptions = {},
): Uint8Array<ArrayBuffer> {
  const byName = new Map(tensors.map((weight) => [weight.name, weight]));
  adapterLayers(FILE, {
    names: () => [...byName.keys()],
    has: (name) => byName.has(name),
    get: (name) => byName.get(name)!,
  });
  const stored = [...byName].map(([name, weight]) => [name, toStored(weight, dtype)] as const);
  return writeSafetensors(Object.fromEntries(stored), metadata);
}

/** Largest magnitude that is not rounded to infinity: half a unit above 65504, float16's largest. */
const FLOAT16_LIMIT = 65520;

function toStored({ name, shape, data }: SunTensor, dtype: "float16" | "float32"): Tensor {
  const limit = dtype === "float16" ? FLOAT16_LIMIT : Number.POSITIVE_INFINITY;
  const index = data.findIndex((value) => !(Math.abs(value) < limit));
  if (index >= 0) {
    throw sunError(
      "SUN_NOT_FINITE",
      `${FILE}: ${name} holds ${data[index]} at ${index}, which ${dtype} cannot store as a number: did training diverge?`,
      { tensor: name, index },
    );
  }
  return dtype === "float16" ? tensor(encodeFloat16(data), shape, dtype) : tensor(data, shape);
}

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
  /** The stored type; default "float16", as in the authors' file. */
  readonly dtype?: "float16" | "float32";
  readonly metadata?: Readonly<Record<string, string>>;
}

const FILE = "the adapter to be written";

/**
 * Returns an adapter's file in the authors' format. Every layer must have all its weights; `addSunAdapter` checks that
 * they fit a model.
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

/** The smallest magnitude that float16 rounds to infinity: half a unit above 65504, its largest number. */
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

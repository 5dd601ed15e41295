// Every weight of a network is checked against its config before anything is built or run: the numbers of a wrong or
// missing weight would otherwise show as an error after all steps, or as a wrong image.

import type { SunstepWarning } from "@sunstep/errors";
import type { ComponentConfigs, ComponentKind } from "./checkpoint.js";
import type { CollectedWeights } from "./collect-weights.js";
import { checkpointError, checkpointWarning } from "./errors.js";
import { expectedShapes } from "./expected-shapes/index.js";
import { mixedTypes } from "./mixed-types.js";
import { listNames } from "./names.js";
import { type WeightRef, type Weights, weightsOf } from "./weights.js";

const FLOATS: ReadonlySet<string> = new Set(["float16", "bfloat16", "float32", "float64"]);

/** Weights that files hold and that no image depends on, kept without a warning. */
const SPARE: Readonly<Partial<Record<ComponentKind, ReadonlySet<string>>>> = {
  textEncoder: new Set(["text_projection.weight"]),
};

export interface FittedWeights {
  /** The expected weights in their expected shapes, and the spare ones. */
  readonly weights: Weights;
  readonly warnings: readonly SunstepWarning[];
}

/**
 * Fits the weights of files to a network's config. A stored shape may differ by axes of length 1 at its end: a 1x1
 * convolution holds the numbers of a linear layer. Warns of tensors that the network has no place for.
 * @throws SunstepError CHECKPOINT_WEIGHT_MISSING, CHECKPOINT_WEIGHT_SHAPE, CHECKPOINT_DATA_TYPE
 */
export function fitWeights<K extends ComponentKind>(
  kind: K,
  config: ComponentConfigs[K],
  { table, unknown }: CollectedWeights,
  where: string,
): FittedWeights {
  const stored = weightsOf(table, where);
  const fitted = new Map<string, () => WeightRef>();
  const references: WeightRef[] = [];
  for (const [name, shape] of Object.entries(expectedShapes(kind, config))) {
    const weight = fit(stored.get(name), shape);
    references.push(weight);
    fitted.set(name, () => weight);
  }
  const surplus = [...table.keys()].filter((name) => !fitted.has(name));
  const spare = surplus.filter((name) => SPARE[kind]?.has(name));
  for (const name of spare) fitted.set(name, table.get(name)!);
  const unused = [...unknown, ...surplus.filter((name) => !spare.includes(name))];
  return {
    weights: weightsOf(fitted, where),
    warnings: [
      ...(unused.length > 0
        ? [
            checkpointWarning(
              "CHECKPOINT_UNKNOWN_WEIGHTS",
              `${where}: the network has no place for these tensors, so they are ignored: ${listNames(unused)}. ` +
                "If the model needs them, its images will be wrong",
              { file: where, weights: unused },
            ),
          ]
        : []),
      ...mixedTypes(references, where),
    ],
  };
}

function fit(weight: WeightRef, expected: readonly number[]): WeightRef {
  const { name, dtype, shape, source, float8, scale } = weight;
  if (withoutTrailingOnes(shape) !== withoutTrailingOnes(expected)) {
    throw checkpointError(
      "CHECKPOINT_WEIGHT_SHAPE",
      `${source.name}: weight ${name} is [${shape}], the config asks for [${expected}]. The file is damaged, or its ` +
        "config belongs to another model",
      { file: source.name, weight: name, shape, expected },
    );
  }
  if (!FLOATS.has(dtype) && !float8 && !scale) {
    throw checkpointError(
      "CHECKPOINT_DATA_TYPE",
      `${source.name}: weight ${name} is stored as ${dtype}, which is not a type of weights. The file is damaged or ` +
        "quantized: use its float16 or float32 version",
      { file: source.name, weight: name, dtype },
    );
  }
  return shape.length === expected.length ? weight : { ...weight, shape: expected };
}

function withoutTrailingOnes(shape: readonly number[]): string {
  return shape.slice(0, shape.findLastIndex((size) => size !== 1) + 1).join();
}

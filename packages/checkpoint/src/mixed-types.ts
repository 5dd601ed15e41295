import type { SunstepWarning } from "@sunstep/errors";
import { checkpointWarning } from "./errors.js";
import { listNames } from "./names.js";
import type { WeightRef } from "./weights.js";

/**
 * Warns where weights of one network, or factors of one adapter, mix float16 and bfloat16. Trainers store one of the two,
 * and the bytes of one read as the other are wrong numbers: the minority most likely has a damaged header.
 */
export function mixedTypes(weights: readonly WeightRef[], where: string): readonly SunstepWarning[] {
  const halves = weights.filter(({ dtype }) => dtype === "float16");
  const brains = weights.filter(({ dtype }) => dtype === "bfloat16");
  if (halves.length === 0 || brains.length === 0) return [];
  const [few, most] = halves.length < brains.length ? [halves, brains] : [brains, halves];
  const names = few.map(({ name }) => name);
  return [
    checkpointWarning(
      "CHECKPOINT_MIXED_TYPES",
      `${where}: ${listNames(names)}: stored as ${few[0]!.dtype} among weights of ${most[0]!.dtype}. The file may be ` +
        "damaged",
      { file: where, weights: names, dtype: few[0]!.dtype },
    ),
  ];
}

import { elementCount } from "@sunstep/tensor";
import type { Node } from "../model.js";
import type { StaticType } from "../shape-inference/rule.js";
import { type Constant, type FoldedNode, isFoldable } from "./constant.js";
import { elementwiseFolding } from "./elementwise.js";
import { layoutFolding } from "./layout.js";

/** Sizes, masks and frequencies are constants of at most this many elements: the mask of 512 tokens. */
const MOST_ELEMENTS = 1 << 18;

const rules = new Map(Object.entries({ ...elementwiseFolding, ...layoutFolding }));

/** Computes a node of ai.onnx whose inputs are all constants; undefined where there is no rule for it, or it is large. */
export function fold(
  { op, domain, attributes }: Node,
  inputs: FoldedNode["inputs"],
  outputs: readonly StaticType[],
): Constant | undefined {
  const rule = domain === "" ? rules.get(op) : undefined;
  const [output] = outputs;
  if (!rule || !output || outputs.length !== 1 || !isFoldable(output.dtype)) return undefined;
  if (elementCount(output.shape) > MOST_ELEMENTS) return undefined;
  return { ...output, values: rule({ inputs, attributes, outputs }) };
}

import { elementCount, int, numberAttribute, type RewriteRule, rewrite } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const dotProduct: RewriteRule = {
  name: "A vector times itself",
  pattern: {
    op: "FusedMatMul",
    domain: CONTRIB_DOMAIN,
    inputs: [
      { op: "Reshape", as: "rows", inputs: ["x", "shape"], shared: true },
      { op: "Reshape", inputs: ["x", "shape"], shared: true },
    ],
  },
  replace({ emit, value, attributes, node, index }) {
    const x = value("x");
    const rows = index.type(node("rows").outputs[0] ?? "")?.shape ?? [];
    const rank = x.shape.length;
    const first = rows.findIndex((size, i) => size !== x.shape[i]);
    const isVector =
      rows.length === rank &&
      rows.at(-1) === elementCount(x.shape.slice(first)) &&
      rows.slice(first, -1).every((size) => size === 1);
    const squared = numberAttribute(attributes, "transB", 0) === 1 && Object.keys(attributes).length === 1;
    if (first < 0 || first > rank - 2 || !isVector || !squared) return undefined;
    const axes = Array.from({ length: rank - first }, (_, i) => first + i);
    return [emit.op("ReduceSumSquare", [x, emit.ints(axes)], { keepdims: int(1) })];
  },
};

/** Undoes `sumOfSquaresToDotProduct`. */
export const raiseSumOfSquares = rewrite("raiseSumOfSquares", [dotProduct]);

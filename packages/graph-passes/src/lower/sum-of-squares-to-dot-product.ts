import { elementCount, int, numberAttribute, type RewriteRule } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN, rewriteToContrib } from "../contrib.js";

const sumOfSquares: RewriteRule = {
  name: "ReduceSumSquare over the last axes",
  pattern: { op: "ReduceSumSquare", inputs: ["x", "axes"] },
  replace({ emit, value, attributes }) {
    const x = value("x");
    const rank = x.shape.length;
    const axes = emit.constantNumbers(value("axes"))?.map((axis) => (axis + rank) % rank);
    const first = rank - (axes?.length ?? 0);
    const last = axes?.toSorted((a, b) => a - b).every((axis, i) => axis === first + i);
    if (!last || first > rank - 2 || numberAttribute(attributes, "keepdims", 1) !== 1) return undefined;
    const ones = new Array<number>(rank - first - 1).fill(1);
    const length = elementCount(x.shape.slice(first));
    const rows = emit.op("Reshape", [x, emit.ints([...x.shape.slice(0, first), ...ones, length])]);
    const transposed = { transB: int(1) };
    return [emit.op("FusedMatMul", [rows, rows], transposed, { domain: CONTRIB_DOMAIN })];
  },
};

/**
 * Sums of squares over the last axes as products of a vector with itself: matrix products are ONNX Runtime's fastest
 * sums on a CPU.
 */
export const sumOfSquaresToDotProduct = rewriteToContrib("sumOfSquaresToDotProduct", [sumOfSquares]);

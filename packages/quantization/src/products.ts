import type { Model } from "@sunstep/onnx-graph";

/** ONNX Runtime's operators that multiply in 8 bits. */
export const PRODUCTS = { linear: "DynamicQuantizeMatMul", rows: "MatMulIntegerToFloat" } as const;

const operators: ReadonlySet<string> = new Set(Object.values(PRODUCTS));

/** True if a graph, after `quantize`, multiplies in 8 bits anywhere. */
export const isQuantized = ({ graph }: Model): boolean => graph.nodes.some(({ op }) => operators.has(op));

import { defineRule, rewrite, stringAttribute } from "@sunstep/onnx-graph";

const approximation =
  (name: string) =>
  ({ attributes }: { readonly attributes: Parameters<typeof stringAttribute>[0] }) =>
    stringAttribute(attributes, "approximate", "none") === name || `its approximation is not ${name}`;

const gelu = defineRule({
  name: "Gelu",
  pattern: { op: "Gelu", inputs: ["x"] },
  check: approximation("none"),
  replace({ emit, value }) {
    const x = value("x");
    const error = emit.op("Erf", [emit.op("Mul", [x, emit.scalar(Math.SQRT1_2)])]);
    const gate = emit.op("Mul", [emit.op("Add", [error, emit.scalar(1)]), emit.scalar(0.5)]);
    return [emit.op("Mul", [x, gate])];
  },
});

const fastGelu = defineRule({
  name: "Gelu approximated by Tanh",
  pattern: { op: "Gelu", inputs: ["x"] },
  check: approximation("tanh"),
  replace({ emit, value }) {
    const x = value("x");
    const cube = emit.op("Mul", [emit.op("Mul", [x, x]), x]);
    const inner = emit.op("Add", [x, emit.op("Mul", [cube, emit.scalar(0.044715)])]);
    const tanh = emit.op("Tanh", [emit.op("Mul", [inner, emit.scalar(Math.sqrt(2 / Math.PI))])]);
    const gate = emit.op("Mul", [emit.op("Add", [tanh, emit.scalar(1)]), emit.scalar(0.5)]);
    return [emit.op("Mul", [x, gate])];
  },
});

/** Writes Gelu by its definition, x / 2 (1 + erf(x / sqrt 2)), or its approximation by Tanh (arXiv 1606.08415). */
export const lowerGeluToErf = rewrite("lowerGeluToErf", [gelu, fastGelu]);

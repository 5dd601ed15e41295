import { defineRule, rewrite } from "@sunstep/onnx-graph";

const unbiased = defineRule({
  name: "Conv without bias",
  pattern: { op: "Conv", inputs: ["x", "kernel"] },
  check: ({ value }) => value("kernel").dtype === "float32" || "the kernel is not float32",
  replace({ emit, value, attributes }) {
    const kernel = value("kernel");
    const zeros = emit.floats(new Array(kernel.shape[0]).fill(0));
    return [emit.op("Conv", [value("x"), kernel, zeros], attributes)];
  },
});

/** Gives convolutions without a bias a bias of zeros: ONNX Runtime uses blocked layouts only for those that have one. */
export const addConvBias = rewrite("addConvBias", [unbiased]);

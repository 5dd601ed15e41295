import { type RewriteRule, rewrite } from "@sunstep/onnx-graph";

const unbiased: RewriteRule = {
  name: "Conv without bias",
  pattern: { op: "Conv", inputs: ["x", "kernel"] },
  replace: ({ emit, value, attributes }) => {
    const kernel = value("kernel");
    const zeros = emit.floats(new Array(kernel.shape[0]).fill(0));
    return kernel.dtype === "float32"
      ? [emit.op("Conv", [value("x"), kernel, zeros], attributes)]
      : undefined;
  },
};

/** A bias of zeros for convolutions that have none: ONNX Runtime blocks only those that have one. */
export const biasedConvolutions = rewrite("biasedConvolutions", [unbiased]);

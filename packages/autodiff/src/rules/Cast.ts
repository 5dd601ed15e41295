import { codeOfDataType, int } from "@sunstep/onnx-graph";
import type { GradientRule } from "../rule.js";

export const Cast: GradientRule = ({ emit, gradient, type }) => {
  const { dtype } = type(0);
  return [
    dtype === gradient.dtype ? gradient : emit.op("Cast", [gradient], { to: int(codeOfDataType(dtype)) }),
  ];
};

import { int } from "@sunstep/onnx-graph";
import { dataTypeCode } from "../data-type-code.js";
import type { GradientRule } from "../rule.js";

export const Cast: GradientRule = ({ emit, gradient, type }) => {
  const { dtype } = type(0);
  return [
    dtype === gradient.dtype ? gradient : emit.op("Cast", [gradient], { to: int(dataTypeCode(dtype)) }),
  ];
};

import { reshape } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Squeeze: GradientRule = ({ emit, gradient, type }) => [reshape(emit, gradient, type(0).shape)];

import { reshape } from "../composite-operators.js";
import type { GradientRule } from "../rule.js";

export const Flatten: GradientRule = ({ emit, gradient, type }) => [reshape(emit, gradient, type(0).shape)];

import type { GradientRule } from "../rule.js";

export const Identity: GradientRule = ({ gradient }) => [gradient];

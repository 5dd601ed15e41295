import type { GradientRule } from "../rule.js";
import { Max } from "./Max.js";

export const Min: GradientRule = Max;

import type { LoadOptions } from "@sunstep/runtime";
import type { NetworkName } from "./network-name.js";

export const dtypes = ["float32", "int8"] as const;

/** Numbers that a model's networks multiply. */
export type Dtype = (typeof dtypes)[number];

/**
 * The networks that run at each step. Text encoders run once for each prompt; in autoencoders, activations take longer than
 * products (docs/performance.md, "8 bits").
 */
const quantized: ReadonlySet<NetworkName> = new Set(["unet", "controlnet"]);

/** Returns the precision that a network is loaded with. */
export function precisionOf(network: NetworkName, dtype: Dtype): LoadOptions["precision"] {
  return dtype === "int8" && quantized.has(network) ? "int8" : undefined;
}

import type { LoadOptions, Runtime } from "@sunstep/runtime";
import type { NetworkName } from "./network-name.js";

export const dtypeChoices = ["float32", "int8", "auto"] as const;

/** The choice of the numbers that a model's networks multiply. "auto" is "int8" where it is known to be faster. */
export type DtypeChoice = (typeof dtypeChoices)[number];

/** Numbers that a model's networks multiply. */
export type Dtype = Exclude<DtypeChoice, "auto">;

/** Returns the numbers that a runtime multiplies, for a choice. */
export function dtypeOn({ fastInt8 = false }: Pick<Runtime, "fastInt8">, choice: DtypeChoice): Dtype {
  if (choice !== "auto") return choice;
  return fastInt8 ? "int8" : "float32";
}

/**
 * The networks that run at each step. Text encoders run once for each prompt; in autoencoders, activations take longer than
 * products (docs/performance.md, "8 bits").
 */
const quantized: ReadonlySet<NetworkName> = new Set(["unet", "controlnet"]);

/** Returns the precision that a network is loaded with. */
export function precisionOf(network: NetworkName, dtype: Dtype): LoadOptions["precision"] {
  return dtype === "int8" && quantized.has(network) ? "int8" : undefined;
}

import type { NegativePrompts } from "../claims/negative-prompts.js";
import type { NetworkName } from "../features/feature-network.js";
import type { StrictDistance } from "../measures/compare-strictly.js";

export interface StrictModel {
  readonly prompts: number;
  readonly sets: Readonly<Record<string, StrictDistance>>;
}

/** Results of the stricter evaluation. `docs/strict.json` holds those of the full run. */
export interface StrictResults {
  readonly machine: string;
  /** Versions of the networks. */
  readonly networks: Readonly<Record<NetworkName, string>>;
  /** By model: "base", then the fine-tunes. */
  readonly models: Readonly<Record<string, StrictModel>>;
  readonly negative: NegativePrompts;
}

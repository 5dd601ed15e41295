import type { Architecture } from "@sunstep/checkpoint";
import type { ArchitectureRule } from "./architecture.js";
import { stableDiffusion } from "./sd.js";
import { stableDiffusionXl } from "./sdxl.js";

const architectureRules: Readonly<Record<Architecture, ArchitectureRule>> = {
  sd1: stableDiffusion,
  sd2: stableDiffusion,
  sdxl: stableDiffusionXl,
};

/** Returns the rule of an architecture that checkpoints are recognised as; a rule of your own as it is. */
export function architectureRule(architecture: Architecture | ArchitectureRule): ArchitectureRule {
  return typeof architecture === "string" ? architectureRules[architecture] : architecture;
}

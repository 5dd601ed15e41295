import type { Architecture } from "@sunstep/checkpoint";
import type { ArchitectureRule } from "./architecture.js";
import { stableDiffusion } from "./sd.js";

/** The rule of each architecture that checkpoints are recognised as. */
export const architectureRules: Readonly<Record<Architecture, ArchitectureRule>> = {
  sd1: stableDiffusion,
  sd2: stableDiffusion,
};

import { buildTextEncoder, buildUNet } from "@sunstep/networks";
import type { ArchitectureRule } from "./architecture.js";

/** Stable Diffusion 1.x and 2.x: the U-Net attends to the last states of one text encoder. */
export const stableDiffusion: ArchitectureRule = {
  buildTextEncoder: ({ config, weights }, sizes) => buildTextEncoder({ config, weights, batch: 1, ...sizes }),
  hiddenStates: "last_hidden_state",
  conditioning: ([encoded]) => ({ encoder_hidden_states: encoded!.hiddenStates }),
  buildUNet: ({ config, weights }, { batch, height, width, inputs }) =>
    buildUNet({ config, weights, batch, height, width, tokens: inputs.encoder_hidden_states![1]! }),
};

import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [sunErrors, sunError] = defineErrors({
  SUN_NOT_AN_ADAPTER: "the file holds no tensors of a SUN adapter, or other tensors besides",
  SUN_SELF_ATTENTION: "a layer has the index of a self-attention, which SUN does not change",
  SUN_INCOMPLETE: "a layer lacks some of its tensors",
  SUN_LAYERS: "the adapter has other layers than the network has cross-attentions",
  SUN_SHAPE: "a tensor has the wrong shape: the adapter is for another model, or damaged",
  SUN_DATA_TYPE: "a tensor is stored in a type that is not a float: the file is damaged",
  SUN_NOT_FINITE: "a weight to write is NaN, infinite, or too large for its type",
  SUN_NO_CROSS_ATTENTION: "the graph has no cross-attention",
  SUN_ALREADY_ADDED: "the graph reads negative prompts already",
});

export type SunErrorCode = keyof typeof sunErrors;

export const formatShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "attentionToMultiHeadAttention",
    "attentionToSoftmax",
    "biasedConvolutions",
    "geluToContribGelu",
    "geluToErf",
    "graphPassErrors",
    "groupNormalizationToInstanceNormalization",
    "groupNormalizationToLayerNormalization",
    "joinProjections",
    "linearToGemm",
    "lowerForCpu",
    "lowerForWebGpu",
    "lowerToElementary",
    "paddedChannels",
    "raise",
    "raiseAttention",
    "raiseGelu",
    "raiseGroupNormalization",
    "raiseLinear",
    "raisePaddedChannels",
    "raiseSigmoidGates",
    "raiseUpsampledConvolutions",
    "sigmoidGatesToQuickGelu",
    "splitInvariant",
    "splitProjections",
    "toOpset17",
    "toOpset23",
    "upsampledConvolutions",
  ]);
});

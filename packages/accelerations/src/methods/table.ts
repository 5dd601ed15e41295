import { dmd2, dmd2Lora, dmd2OneStep } from "./dmd2.js";
import { hyperSd, hyperSdCfg, hyperSdUnified } from "./hyper-sd.js";
import { hyperSdxlUNet, lcmLora, lcmMerged, lcmModel } from "./lcm.js";
import { lightning, lightningLora, lightningOneStep } from "./lightning.js";
import type { FewStepMethod } from "./method.js";
import { pcmNormalCfg, pcmSmallCfg } from "./pcm.js";
import { perflow, perflowDifference } from "./perflow.js";
import { sdxs } from "./sdxs.js";
import { tcdLora, tcdModel } from "./tcd.js";
import { turbo } from "./turbo.js";

/** The few-step methods that are known by their files. The first that fits is taken. */
export const fewStepMethods: readonly FewStepMethod[] = [
  hyperSdUnified,
  hyperSdCfg,
  hyperSd,
  hyperSdxlUNet,
  pcmSmallCfg,
  pcmNormalCfg,
  tcdLora,
  dmd2Lora,
  dmd2OneStep,
  dmd2,
  lightningLora,
  lightningOneStep,
  lightning,
  turbo,
  perflowDifference,
  perflow,
  sdxs,
  lcmLora,
  lcmModel,
  lcmMerged,
  tcdModel,
];

import { addLoras, type ScaledLora } from "@sunstep/lora";
import type { Adapter } from "./adapter.js";
import { identityOf } from "./identity.js";

/** A LoRA and its scales. */
export interface LoraScales extends ScaledLora {
  /** Scale of the text encoders' part. Default: `scale`. */
  readonly textEncoderScale?: number;
}

/** Merges a LoRA into the networks whose weights it changes. At another scale those networks are loaded again, and no others. */
export function loraAdapter({ lora, scale, textEncoderScale = scale }: LoraScales): Adapter {
  return {
    key: `lora ${identityOf(lora)} at ${scale}${textEncoderScale === scale ? "" : `, ${textEncoderScale}`}`,
    passes(network) {
      const target = lora.targets.find((one) => one.network === network);
      const strength = network === "unet" ? scale : textEncoderScale;
      return target && strength !== 0 ? [addLoras([{ lora, scale: strength }], target.network)] : [];
    },
  };
}

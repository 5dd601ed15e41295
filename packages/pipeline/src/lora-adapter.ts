import { addLoras, type ScaledLora } from "@sunstep/lora";
import type { Adapter } from "./adapter.js";
import { identityOf } from "./identity.js";

/** Merges a LoRA into the networks whose weights it changes. At another scale those networks are loaded again, and no others. */
export function loraAdapter({ lora, scale }: ScaledLora): Adapter {
  const targets = scale === 0 ? [] : lora.targets;
  return {
    key: `lora ${identityOf(lora)} at ${scale}`,
    passes(network) {
      const target = targets.find((one) => one.network === network);
      return target ? [addLoras([{ lora, scale }], target.network)] : [];
    },
  };
}

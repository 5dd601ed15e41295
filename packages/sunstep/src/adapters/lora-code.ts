// Pages download this part of the code with their first LoRA.

export { openLora } from "@sunstep/lora";
export { loraAdapter } from "@sunstep/pipeline";

import type { GenerateOptions } from "../request/generate-options.js";

/** Options that Stable Diffusion XL alone reads. */
export const xlOptions = [
  "prompt2",
  "negativePrompt2",
  "pooledPromptEmbeds",
  "negativePooledPromptEmbeds",
  "originalSize",
  "cropTopLeft",
  "targetSize",
  "negativeOriginalSize",
  "negativeCropTopLeft",
  "negativeTargetSize",
] as const satisfies readonly (keyof GenerateOptions)[];

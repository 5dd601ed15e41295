import { parseParameters, readImageText } from "@sunstep/image";

/** The generation data of an image, as AUTOMATIC1111 returns it; empty for an image without. */
export function pngInfo(bytes: Uint8Array) {
  const items = Object.fromEntries(readImageText(bytes));
  const info = items.parameters ?? "";
  if (info === "") return { info, items, parameters: {} };
  const { prompt, negativePrompt, settings } = parseParameters(info);
  return {
    info,
    items,
    parameters: { Prompt: prompt, "Negative prompt": negativePrompt, ...Object.fromEntries(settings) },
  };
}

import type { Weights } from "../weights.js";
import { renameParameter } from "./module-names.js";
import { diffusersUNetLayout, unetModules } from "./unet-names.js";

/**
 * Looks up the names that the modules of a U-Net have in the original code: "input_blocks.1.1.proj_in" for
 * "down_blocks.0.attentions.0.proj_in". Undefined for a module that the original code lacks.
 */
export function originalUNetNames(unet: Weights): (module: string) => string | undefined {
  const layout = diffusersUNetLayout(new Set(unet.names()));
  const toOriginal = new Map(unetModules(layout).map(([original, name]) => [name, original]));
  return (module) => renameParameter(`${module}.weight`, toOriginal)?.slice(0, -".weight".length);
}

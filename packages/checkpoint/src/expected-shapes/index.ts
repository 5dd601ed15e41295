import type { ComponentConfigs, ComponentKind } from "../checkpoint.js";
import { controlNetShapes } from "./controlnet.js";
import type { Shapes } from "./shapes.js";
import { taesdShapes } from "./taesd.js";
import { textEncoderShapes } from "./text-encoder.js";
import { unetShapes } from "./unet.js";
import { vaeShapes } from "./vae.js";

const byKind: { readonly [K in ComponentKind]: (config: ComponentConfigs[K]) => Shapes } = {
  unet: unetShapes,
  textEncoder: textEncoderShapes,
  vae: vaeShapes,
  taesd: taesdShapes,
  controlnet: controlNetShapes,
};

/** Returns the canonical names and shapes of all weights of a network. */
export function expectedShapes<K extends ComponentKind>(kind: K, config: ComponentConfigs[K]): Shapes {
  return byKind[kind](config);
}

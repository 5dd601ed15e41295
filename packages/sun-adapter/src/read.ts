import type { SafetensorsFile } from "@sunstep/checkpoint";
import { adapterLayers } from "./layers.js";
import type { SunAdapter } from "./sun-adapter.js";

/**
 * Reads the layers of a SUN adapter, plain or `add_pos`, and the places of their weights; fp16 and fp32 files alike.
 * `addSunAdapter` checks that they fit a model.
 * @throws SunstepError SUN_NOT_AN_ADAPTER, SUN_SELF_ATTENTION, SUN_INCOMPLETE, SUN_SHAPE
 */
export function readSunAdapter(file: SafetensorsFile): SunAdapter {
  const name = file.source.name;
  return { file: name, ...adapterLayers(name, file.weights) };
}

import type { SafetensorsFile } from "@sunstep/checkpoint";
import { adapterLayers } from "./layers.js";
import type { SunAdapter } from "./sun-adapter.js";

/**
 * Reads which layers a SUN adapter has and where their weights lie. fp16 and fp32 files; plain and `add_pos`.
 * Whether it fits a model shows when it is added to one.
 * @throws SunstepError SUN_NOT_AN_ADAPTER, SUN_SELF_ATTENTION, SUN_INCOMPLETE, SUN_SHAPE
 */
export function readSunAdapter(file: SafetensorsFile): SunAdapter {
  const name = file.source.name;
  return { file: name, ...adapterLayers(name, file.weights) };
}

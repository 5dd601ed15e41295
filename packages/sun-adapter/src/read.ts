import { mixedTypes, type SafetensorsFile } from "@sunstep/checkpoint";
import { sunError } from "./errors.js";
import { adapterLayers } from "./layers.js";
import type { SunAdapter } from "./sun-adapter.js";

/**
 * Reads the layers of a SUN adapter, plain or `add_pos`, and the places of their weights; fp16 and fp32 files alike.
 * `addSunAdapter` checks that they fit a model.
 * @throws SunstepError SUN_NOT_AN_ADAPTER, SUN_SELF_ATTENTION, SUN_INCOMPLETE, SUN_SHAPE, SUN_DATA_TYPE
 */
export function readSunAdapter(file: SafetensorsFile): SunAdapter {
  const name = file.source.name;
  const { weights } = file;
  const stored = weights.names().map((weight) => weights.get(weight));
  const layers = adapterLayers(name, weights);
  const other = stored.find(({ dtype }) => !/float/.test(dtype));
  if (other) {
    throw sunError(
      "SUN_DATA_TYPE",
      `${name}: ${other.name} is stored as ${other.dtype}, which is not a type of weights. The file is damaged`,
      { file: name, tensor: other.name, dtype: other.dtype },
    );
  }
  return { file: name, ...layers, warnings: mixedTypes(stored, name) };
}

import type { ModelConfigs } from "./method.js";

/**
 * Recognises models that were saved with a scheduler. Models whose betas end at zero signal have trailing timesteps for
 * another reason than few steps.
 */
export function savedWith(className: string, spacing?: "trailing"): (model: ModelConfigs) => boolean {
  return ({ schedulerConfig }) => {
    const { _class_name, class: name = _class_name, timestep_spacing } = schedulerConfig;
    const isSpaced = spacing === undefined || timestep_spacing === spacing;
    return name === className && isSpaced && schedulerConfig.rescale_betas_zero_snr !== true;
  };
}

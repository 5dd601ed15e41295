import type { Architecture, Component, Replacements } from "./checkpoint.js";
import { scalingFactors } from "./config/scaling-factors.js";
import type { VaeConfig } from "./config/vae.js";

/**
 * The VAE that is given for a model. A file of a VAE alone does not tell its scaling factor: it gets the one of the model's
 * architecture.
 */
export function givenVae(
  { vae }: Pick<Replacements, "vae">,
  architecture: Architecture,
): Component<VaeConfig> | undefined {
  if (!vae?.assumesScale) return vae;
  return { ...vae, config: { ...vae.config, scaling_factor: scalingFactors[architecture] } };
}

import { MAX_BLOCKS, MAX_LAYERS } from "../config/fields.js";
import { checkpointError } from "../errors.js";

/** Module names of the original (latent diffusion) code paired with diffusers' or transformers' names. */
export type ModulePair = readonly [ldm: string, canonical: string];

/** Renames a parameter by the longest module name of `modules` that it starts with. */
export function renameParameter(name: string, modules: ReadonlyMap<string, string>): string | undefined {
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    const canonical = modules.get(name.slice(0, dot));
    if (canonical !== undefined) return canonical + name.slice(dot);
  }
  return undefined;
}

/** Returns the pairs of the modules inside a pair of blocks. */
export function within([ldm, canonical]: ModulePair, inner: readonly ModulePair[]): ModulePair[] {
  return inner.map(([a, b]) => [`${ldm}.${a}`, `${canonical}.${b}`]);
}

/** Rejects numbers in tensors' names that no config may have, before lists of modules are made of them. */
export function checkLayout(network: string, blocks: number, layers: number): void {
  if (blocks <= MAX_BLOCKS && layers <= MAX_LAYERS) return;
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `by its tensors' names the ${network} has ${blocks} resolutions of ${layers} layers; at most ${MAX_BLOCKS} of ` +
      `${MAX_LAYERS} are supported`,
    { blocks, layers },
  );
}

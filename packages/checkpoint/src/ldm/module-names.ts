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

/** Pairs of the modules inside pairs of blocks. */
export function within([ldm, canonical]: ModulePair, inner: readonly ModulePair[]): ModulePair[] {
  return inner.map(([a, b]) => [`${ldm}.${a}`, `${canonical}.${b}`]);
}

// LoRA files spell a model's modules in several ways; kohya's writes underscores for dots, which cannot be undone
// without knowing the model. So every spelling of every module is listed, and looked up.

import { type NetworkName, originalUNetNames, type Weights } from "@sunstep/checkpoint";

/** Finds the canonical module that a LoRA file's spelling means. */
export type FindModule = (spelling: string) => string | undefined;

/** Attention processors of diffusers before 0.17 had names of their own for a text encoder's projections. */
const textProjections: Readonly<Record<string, string>> = {
  to_q: "q_proj",
  to_k: "k_proj",
  to_v: "v_proj",
  to_out: "out_proj",
};

export function moduleFinder(network: NetworkName, weights: Weights): FindModule {
  const modules = weights
    .names()
    .filter((name) => name.endsWith(".weight"))
    .map((name) => name.slice(0, -".weight".length));
  const spellings = new Map<string, string>();
  const add = (spelling: string, module: string) => {
    for (const spelled of [spelling, spelling.replaceAll(".", "_")])
      if (!spellings.has(spelled)) spellings.set(spelled, module);
  };
  for (const module of modules) add(module, module);
  for (const [spelling, module] of otherSpellings(network, modules, weights)) add(spelling, module);
  return (spelling) => spellings.get(spelling.replace(".processor.", "."));
}

function otherSpellings(
  network: NetworkName,
  modules: readonly string[],
  weights: Weights,
): readonly (readonly [spelling: string, module: string])[] {
  if (network !== "unet") {
    return modules.flatMap((module) => {
      const bare = module.replace(/^text_model\./, "");
      const processor = Object.entries(textProjections).find(([, name]) =>
        module.endsWith(`.self_attn.${name}`),
      );
      if (!processor) return [[bare, module] as const];
      const old = module.slice(0, -processor[1].length) + processor[0];
      return [
        [bare, module],
        [old, module],
      ] as const;
    });
  }
  const originalName = originalUNetNames(weights);
  return modules.flatMap((module) => {
    const original = originalName(module);
    return [
      ...(original === undefined ? [] : [[original, module] as const]),
      ...(module.endsWith(".to_out.0") ? [[module.slice(0, -".0".length), module] as const] : []),
    ];
  });
}

// LoRA files spell a model's modules in several ways. kohya's files write underscores for dots, which only the model's
// own names can undo; so a table lists every spelling of every module.

import { type NetworkName, originalUNetNames, type Weights } from "@sunstep/checkpoint";

/** Finds the canonical module for the spelling of a LoRA file. */
export type FindModule = (spelling: string) => string | undefined;

/** Names of a text encoder's projections in the attention processors of diffusers before 0.17. */
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

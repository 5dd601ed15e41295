/** Prompts that the embedded model knows well; one click makes each. The first two differ in the negative prompt alone. */
export const examples: readonly { readonly prompt: string; readonly negativePrompt?: string }[] = [
  { prompt: "a butterfly" },
  { prompt: "a butterfly", negativePrompt: "blue" },
  { prompt: "a blue car" },
  { prompt: "a cat face, noto style" },
  { prompt: "a hamburger, fluent style" },
  { prompt: "a rocket on a yellow background" },
  { prompt: "an owl, twemoji style" },
];

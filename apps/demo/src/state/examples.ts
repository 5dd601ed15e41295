/** Prompts that the embedded model knows well; one click makes each. The first two differ in the negative prompt alone. */
export const examples: readonly { readonly prompt: string; readonly negativePrompt?: string }[] = [
  { prompt: "an apple" },
  { prompt: "an apple", negativePrompt: "red" },
  { prompt: "a blue car" },
  { prompt: "a cat face, noto style" },
  { prompt: "a slice of pizza, fluent style" },
  { prompt: "a rocket on a yellow background" },
  { prompt: "a purple butterfly, twemoji style" },
];

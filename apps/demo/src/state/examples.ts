/** Things that the embedded model knows well; one click makes each. */
export const examples: readonly { readonly prompt: string; readonly negativePrompt?: string }[] = [
  { prompt: "a red apple" },
  { prompt: "a blue car" },
  { prompt: "a cat face, noto style" },
  { prompt: "a slice of pizza, fluent style" },
  { prompt: "a rocket on a yellow background" },
  { prompt: "a purple butterfly, twemoji style" },
  { prompt: "an apple", negativePrompt: "red" },
];

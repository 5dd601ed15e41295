/** One image to make: prompt, negative prompt and seed of the noise. */
export interface Prompt {
  readonly caption: string;
  readonly negative: string;
  readonly seed: number;
}

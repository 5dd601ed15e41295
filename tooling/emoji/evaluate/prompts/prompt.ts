/** One image to make: what is asked for, what must not be there, and where the noise comes from. */
export interface Prompt {
  readonly caption: string;
  readonly negative: string;
  readonly seed: number;
}

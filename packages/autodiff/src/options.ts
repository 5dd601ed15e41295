export interface GradientOptions {
  /** A value of one floating-point element. */
  readonly loss: string;
  /** Names of inputs, initializers or values in between. The gradient of `x` is the output `grad/x`, shaped like x. */
  readonly withRespectTo: readonly string[];
  /** Names of the original outputs to keep. Default: all. */
  readonly outputs?: readonly string[];
  /**
   * Values that are kept for the backward pass, which computes the others again (Chen et al. 2016, arXiv 1604.06174).
   * Default: all that it reads are kept. Values that many later ones depend on, such as a U-Net's skip connections,
   * should be among them.
   */
  readonly checkpoint?: readonly string[];
  /**
   * The most bytes of scores that the backward pass of an attention without a mask computes at once; above it, it works in
   * parts, down to one query of one head. Default: 128 MiB. All scores of SD1.5 at 512x512 would take 512 MiB.
   */
  readonly attentionBytes?: number;
}

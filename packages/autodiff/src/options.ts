export interface GradientOptions {
  /** A value of one floating-point element. */
  readonly loss: string;
  /** Names of inputs, initializers or values in between. The gradient of `x` is the output `grad/x`, shaped like x. */
  readonly withRespectTo: readonly string[];
  /** The outputs that stay, by name; all by default. */
  readonly outputs?: readonly string[];
  /**
   * Values that the backward pass keeps; it computes again what lies between them. By default everything it needs is
   * kept. Values that many later ones depend on (a U-Net's skip connections) should be among them.
   */
  readonly checkpoint?: readonly string[];
}

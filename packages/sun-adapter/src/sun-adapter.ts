import type { WeightRef } from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";

/** The weights of one added attention; by default as references into the adapter's file. */
export interface SunBranch<Weight = WeightRef> {
  /** Key projection, [channels, context channels], without bias. */
  readonly key: Weight;
  /** Value projection, the same shape. */
  readonly value: Weight;
  /** Scale of the normalised attention, [channels]. */
  readonly alpha: Weight;
  /** Offset of the normalised attention, [channels]. */
  readonly beta: Weight;
}

/** The branches that the adapter adds to one cross-attention. */
export interface SunLayer<Weight = WeightRef> {
  /** Index into diffusers' `unet.attn_processors`: down blocks, up blocks, then the mid block. Always odd. */
  readonly index: number;
  readonly negative: SunBranch<Weight>;
  /** The second positive attention of `add_pos` adapters. */
  readonly extraPositive?: SunBranch<Weight>;
}

/** A SpeedUpNet adapter (arXiv 2312.08887). Its weights stay in the file. */
export interface SunAdapter {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly variant: "plain" | "add_pos";
  /** By index. */
  readonly layers: readonly SunLayer[];
  readonly warnings: readonly SunstepWarning[];
}

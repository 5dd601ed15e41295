import type { NetworkName, WeightRef } from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import type { BundledEmbedding } from "./reading/bundled-embeddings.js";

/**
 * A change of a weight as an expression over the tensors of a file. Values are matrices [outputs, inputs * taps], the taps
 * of a convolution's kernel last.
 */
export type Update =
  /** A tensor of the weight's own shape, or of a factor's. */
  | { readonly kind: "tensor"; readonly weight: WeightRef }
  /**
   * left [outputs, rank] times right [rank, inputs…]. With a core [rank, rank, …taps] between them (a Tucker form), it is
   * the sum over i, j of left[output, i] core[i, j, tap] right[j, input].
   */
  | {
      readonly kind: "product";
      readonly left: WeightRef;
      readonly right: WeightRef;
      readonly core?: WeightRef;
    }
  /** Element by element. */
  | { readonly kind: "hadamard"; readonly factors: readonly [Update, Update] }
  /** Every element of the first, a matrix, times the whole second. */
  | { readonly kind: "kronecker"; readonly factors: readonly [Update, Update] };

/** DoRA's magnitudes: the norms of the weight's rows or columns after the change. */
export interface Magnitude {
  readonly weight: WeightRef;
  /** "output": one for each output. "input": one for each input, as LyCORIS had it first. */
  readonly axis: "output" | "input";
}

/**
 * A change of one parameter: W' = W + scale * strength * update; with magnitudes m, and V = W + strength * update,
 * W' = W + scale * (V * m / norm(V) - W) (DoRA, arXiv 2402.09353).
 */
export interface LoraTarget {
  readonly network: NetworkName;
  /** diffusers' or transformers' name: "mid_block.resnets.0.conv1.weight", or a bias. */
  readonly parameter: string;
  readonly update: Update;
  /** alpha / rank; 1 where there is neither. */
  readonly strength: number;
  readonly magnitude?: Magnitude;
}

export interface Lora {
  readonly targets: readonly LoraTarget[];
  /** Modules, or tensors, in the file that the model has no place for, as the file spells them. */
  readonly unknown: readonly string[];
  /** Words for prompts that come in the file. */
  readonly embeddings?: readonly BundledEmbedding[];
  readonly warnings: readonly SunstepWarning[];
}

/** Lists the tensors of an update. */
export function tensorsOf(update: Update): readonly WeightRef[] {
  switch (update.kind) {
    case "tensor":
      return [update.weight];
    case "product":
      return [update.left, ...(update.core ? [update.core] : []), update.right];
    default:
      return update.factors.flatMap(tensorsOf);
  }
}

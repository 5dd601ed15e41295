import type { DataType, Node, NodeEmitter, Value } from "@sunstep/onnx-graph";
import { autodiffError } from "./errors.js";

/** The node that a rule differentiates, and the values around it. */
export interface GradientContext {
  readonly emit: NodeEmitter;
  readonly node: Node;
  /** d loss / d output for each output; undefined where the loss does not depend on it. */
  readonly upstream: readonly (Value | undefined)[];
  /** d loss / d output of an operator with one output. */
  readonly gradient: Value;
  /** Tells whether the gradient of input `index` is wanted. */
  wants(index: number): boolean;
  /** Type of input `index`. With checkpointing, `input` may recompute the value, and `type` never does. */
  type(index: number): { readonly dtype: DataType; readonly shape: readonly number[] };
  /** Input `index` of the forward pass. */
  input(index: number): Value;
  /** Output `index` of the forward pass. */
  output(index: number): Value;
  /** The elements of input `index` if it is a constant. */
  constant(index: number): readonly number[] | undefined;
  /** The most bytes of scores of an attention that a rule may compute at once (`GradientOptions`). */
  readonly attentionBytes: number;
  /** The node that makes input `index`, unless that value has a requested gradient. */
  producer(index: number): Node | undefined;
}

/** Marks an input whose gradient is already part of another input's. */
export const ELSEWHERE = "elsewhere";

/**
 * Emits d loss / d input for the wanted inputs; others may be undefined. Leaving a wanted gradient undefined throws
 * AUTODIFF_UNSUPPORTED (the bounds of Clip, the padding value of Pad).
 */
export type GradientRule = (context: GradientContext) => readonly (Value | typeof ELSEWHERE | undefined)[];

/** The error for a form of an operator that its rule does not cover. */
export function unsupported({ node }: GradientContext, form: string): Error {
  return autodiffError(
    "AUTODIFF_UNSUPPORTED",
    `the gradient of ${node.op} (node ${node.name}) is not known for ${form}`,
    { op: node.op, node: node.name },
  );
}

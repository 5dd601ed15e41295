import type { DataType, Node, NodeEmitter, Value } from "@sunstep/onnx-graph";
import { autodiffError } from "./errors.js";

/** What a rule may look at. */
export interface GradientContext {
  readonly emit: NodeEmitter;
  readonly node: Node;
  /** d loss / d output, one for each output; undefined where the loss does not depend on it. */
  readonly upstream: readonly (Value | undefined)[];
  /** d loss / d output of an operator with one output. */
  readonly gradient: Value;
  /** Whether the gradient of input `index` is wanted. */
  wants(index: number): boolean;
  /** Type of input `index`, for rules that need no more: with checkpointing, `input` may recompute the value. */
  type(index: number): { readonly dtype: DataType; readonly shape: readonly number[] };
  /** Input `index`, as the forward pass saw it. */
  input(index: number): Value;
  /** Output `index`, as the forward pass made it. */
  output(index: number): Value;
  /** Elements of input `index` where it is a constant. */
  constant(index: number): readonly number[] | undefined;
  /** The node that made input `index`, unless a gradient of that very value is asked for. */
  producer(index: number): Node | undefined;
}

/** In place of a gradient: another input's gradient holds what comes back through this one. */
export const ELSEWHERE = "elsewhere";

/**
 * Emits d loss / d input for the inputs that are wanted; others may be left undefined. One that is wanted and left
 * undefined is an error: of bounds, or of what pictures are padded with, no gradient is known.
 */
export type GradientRule = (context: GradientContext) => readonly (Value | typeof ELSEWHERE | undefined)[];

/** A form of an operator that its rule does not cover. */
export function unsupported({ node }: GradientContext, form: string): Error {
  return autodiffError(
    "AUTODIFF_UNSUPPORTED",
    `the gradient of ${node.op} (node ${node.name}) is not known for ${form}`,
    { op: node.op, node: node.name },
  );
}

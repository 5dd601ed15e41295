import type { NodeEmitter, Value } from "../emitter.js";
import type { GraphIndex } from "../graph-index.js";
import type { Attributes, Node } from "../model.js";
import type { Pattern } from "./pattern.js";

/** What a rule's `replace` works with: the match, its values and an emitter for new nodes. */
export interface RewriteContext {
  readonly emit: NodeEmitter;
  readonly index: GraphIndex;
  /** A value that the pattern remembered. */
  value(name: string): Value;
  /** A node that the pattern remembered with `as`. */
  node(name: string): Node;
  readonly root: Node;
  readonly attributes: Attributes;
}

/** A rewrite as data: what to look for, and what to put in its place. */
export interface RewriteRule {
  readonly name: string;
  readonly pattern: Pattern;
  /**
   * Emits the replacement and returns the values that take the place of the root's outputs, in order;
   * undefined means "not here after all", and whatever was emitted is dropped.
   */
  replace(context: RewriteContext): readonly Value[] | undefined;
}

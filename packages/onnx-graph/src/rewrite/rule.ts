import type { NodeEmitter, Value } from "../emitter.js";
import type { GraphIndex } from "../graph-index.js";
import type { Attributes, Node } from "../model.js";
import type { NodeName, Pattern, ValueName } from "./pattern.js";

/** The match that a rule decides about, by the names that its pattern gives to values and nodes. */
export interface MatchContext<Values extends string = string, Nodes extends string = string> {
  readonly index: GraphIndex;
  /** The node that the pattern begins with, and its attributes. */
  readonly root: Node;
  readonly attributes: Attributes;
  /** A value that the pattern remembered. */
  value(name: Values): Value;
  /** A node that the pattern remembered with `as`. */
  node(name: Nodes): Node;
  /** The elements of a remembered value that is an inline constant. */
  numbers(name: Values): readonly number[] | undefined;
}

/** The match that a rule replaces, and an emitter for new nodes. */
export interface RewriteContext<Values extends string = string, Nodes extends string = string>
  extends MatchContext<Values, Nodes> {
  readonly emit: NodeEmitter;
}

/** A rewrite as data: a pattern, a condition, and the pattern's replacement. */
export interface RewriteRule<Values extends string = string, Nodes extends string = string> {
  readonly name: string;
  readonly pattern: Pattern;
  /** Returns true where the match can be replaced, and otherwise the reason why not. Default: always. */
  check?(context: MatchContext<Values, Nodes>): true | string;
  /** Emits the replacement and returns the values that take the place of the root's outputs, in order. */
  replace(context: RewriteContext<Values, Nodes>): readonly Value[];
}

/** Returns its argument; `value`, `node` and `numbers` take only names that stand in the pattern. */
export function defineRule<const P extends Pattern>(
  definition: RewriteRule<ValueName<P>, NodeName<P>> & { readonly pattern: P },
): RewriteRule {
  return definition;
}

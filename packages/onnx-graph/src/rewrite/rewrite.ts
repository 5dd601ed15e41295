import { SunstepError } from "@sunstep/errors";
import { staticShape } from "../data.js";
import { NodeEmitter } from "../emitter.js";
import { onnxError } from "../errors.js";
import { type GraphIndex, indexGraph } from "../graph-index.js";
import type { Initializer, Model, Node, ValueType } from "../model.js";
import type { Miss, Pass, PassResult } from "../pass.js";
import { removeDeadCode } from "../passes/dead-code.js";
import { withoutIdentities } from "../passes/identity.js";
import { isOperator, type Match, matchPattern } from "./pattern.js";
import type { RewriteContext, RewriteRule } from "./rule.js";

/** More sweeps than any chain of rewrites needs: a graph that is not settled by then never will be. */
const MOST_SWEEPS = 64;

/**
 * Returns a pass that applies rules until none matches, then removes the nodes that they leave unused. `onMiss` gets the
 * reason of each rule that recognises an operator and does not apply.
 * @throws GRAPH_REWRITE_UNSETTLED where rules undo each other
 */
export function rewrite(name: string, rules: readonly RewriteRule[]): Pass {
  return {
    name,
    run(model, { onMiss } = {}): PassResult {
      let current = model;
      let applied: ReadonlySet<string> = new Set();
      for (let i = 0; i <= MOST_SWEEPS; i++) {
        const swept = sweep(current, rules, (miss) => onMiss?.({ pass: name, ...miss }));
        if (!swept && current === model) return { model, modified: false };
        if (!swept) return { model: removeDeadCode.run(current).model, modified: true };
        // An Identity of this sweep would hide a node from the patterns of the next. Those of the graph stay: their names may
        // be asked for.
        current = withoutIdentities(swept.model, swept.added).model;
        applied = swept.applied;
      }
      const names = [...applied].join(", ");
      throw onnxError(
        "GRAPH_REWRITE_UNSETTLED",
        `${name} still changes the graph after ${MOST_SWEEPS} sweeps; do its rules undo each other? The last ones were ${names}`,
        { pass: name, rules: [...applied] },
      );
    },
  };
}

interface SweepState {
  readonly model: Model;
  readonly index: GraphIndex;
  readonly gone: Set<Node>;
  readonly values: Map<string, ValueType>;
  readonly initializers: Map<string, Initializer>;
  readonly applied: Set<string>;
  readonly onMiss: (miss: Omit<Miss, "pass">) => void;
}

/** Goes over the graph once, last node first so that the longest match wins. Undefined where no rule applied. */
function sweep(
  model: Model,
  rules: readonly RewriteRule[],
  onMiss: SweepState["onMiss"],
): (Pick<SweepState, "model" | "applied"> & { readonly added: readonly Node[] }) | undefined {
  const { graph } = model;
  const state: SweepState = {
    model,
    index: indexGraph(graph),
    gone: new Set(),
    values: new Map(graph.values),
    initializers: new Map(graph.initializers),
    applied: new Set(),
    onMiss,
  };
  const replacements = new Map<Node, readonly Node[]>();
  for (const node of graph.nodes.toReversed()) {
    if (state.gone.has(node)) continue;
    const replacement = applyFirst(rules, node, state);
    if (replacement) replacements.set(node, replacement);
  }
  if (replacements.size === 0) return undefined;
  const { gone, values, initializers, applied } = state;
  const nodes = graph.nodes.flatMap((node) => replacements.get(node) ?? (gone.has(node) ? [] : [node]));
  const added = [...replacements.values()].flat();
  return { model: { ...model, graph: { ...graph, nodes, values, initializers } }, applied, added };
}

/** The nodes that take the root's place, by the first rule that applies. */
function applyFirst(
  rules: readonly RewriteRule[],
  root: Node,
  state: SweepState,
): readonly Node[] | undefined {
  for (const rule of rules) {
    if (!isOperator(rule.pattern, root)) continue;
    const applied = apply(rule, root, state);
    if (typeof applied !== "string") return applied;
    state.onMiss({ rule: rule.name, node: root.name, reason: applied });
  }
  return undefined;
}

/** The nodes that take the root's place, or the reason why the rule does not apply. */
function apply(rule: RewriteRule, root: Node, state: SweepState): readonly Node[] | string {
  const { model, index, gone, values, initializers, applied } = state;
  const match = matchPattern(rule.pattern, root, index);
  if (typeof match === "string") return match;
  if (match.nodes.some((node) => gone.has(node))) return "a part of it was replaced in this sweep";
  const typeOf = (name: string) => values.get(name) ?? initializers.get(name) ?? index.type(name);
  // Rules emit nodes, and emitters need shapes: where a foreign graph has none, it stays as it is.
  const shapeless = [...match.values.values()].find((name) => !staticShape(typeOf(name)?.shape));
  if (shapeless !== undefined) return `the shape of ${shapeless} is not known`;
  const emit = new NodeEmitter({
    opsets: model.opsets,
    type: typeOf,
    initializer: (name) => initializers.get(name),
    taken: (name) => values.has(name) || initializers.has(name) || index.type(name) !== undefined,
  });
  const context = contextOf(rule, match, emit, state);
  const results = atNode(rule, root, () => {
    const verdict = rule.check?.(context) ?? true;
    return verdict === true ? emit.scope(root.name || root.op, () => rule.replace(context)) : verdict;
  });
  if (typeof results === "string") return results;
  const lost = root.outputs.slice(results.length).find((output) => index.useCount(output) > 0);
  if (lost !== undefined) return `its output ${lost} is read, and the rule does not make it`;
  applied.add(rule.name);
  for (const [name, type] of emit.values) values.set(name, type);
  for (const [name, initializer] of emit.initializers) initializers.set(name, initializer);
  for (const node of match.nodes) gone.add(node);
  return takeOverOutputs(
    emit,
    results.map((value) => value.name),
    root.outputs,
    values,
  );
}

function contextOf(
  rule: RewriteRule,
  { root, values, named }: Match,
  emit: NodeEmitter,
  { index }: SweepState,
): RewriteContext {
  const bound = <T>(map: ReadonlyMap<string, T>, kind: string, name: string): T => {
    const found = map.get(name);
    if (found === undefined)
      throw onnxError("ONNX_UNDEFINED_VALUE", `the pattern of rule ${rule.name} has no ${kind} ${name}`);
    return found;
  };
  return {
    emit,
    index,
    root,
    attributes: root.attributes,
    value: (name) => emit.value(bound(values, "value", name)),
    node: (name) => bound(named, "node", name),
    numbers: (name) => index.constant(bound(values, "value", name)),
  };
}

/** Adds the rule and the node to an error that a rule throws. */
function atNode<T>(rule: RewriteRule, { name, op }: Node, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!SunstepError.isInstance(error)) throw error;
    throw new SunstepError(error.code, `${error.message} (rule ${rule.name} at node ${name || op})`, {
      ...error.details,
      rule: rule.name,
      node: name,
      cause: error,
    });
  }
}

/** Gives the root's outputs' names to the replacement, so that readers of the outputs stay as they are. */
function takeOverOutputs(
  emit: NodeEmitter,
  results: readonly string[],
  outputs: readonly string[],
  values: Map<string, ValueType>,
): Node[] {
  const renamed = new Map<string, string>();
  const copies: Node[] = [];
  for (const [i, result] of results.entries()) {
    const output = outputs[i];
    if (!output) continue;
    const type = emit.values.get(result);
    if (type && !renamed.has(result)) {
      renamed.set(result, output);
      values.delete(result);
      values.set(output, type);
    } else {
      const source = renamed.get(result) ?? result;
      copies.push({
        name: output,
        op: "Identity",
        domain: "",
        inputs: [source],
        outputs: [output],
        attributes: {},
      });
    }
  }
  const rename = (name: string) => renamed.get(name) ?? name;
  const nodes = emit.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
  return [...nodes, ...copies];
}

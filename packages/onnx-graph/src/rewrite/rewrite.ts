import { staticShape } from "../data.js";
import { NodeEmitter } from "../emitter.js";
import { onnxError } from "../errors.js";
import { type GraphIndex, indexGraph } from "../graph-index.js";
import type { Initializer, Model, Node, ValueType } from "../model.js";
import type { Pass, PassResult } from "../pass.js";
import { removeDeadCode } from "../passes/dead-code.js";
import { matchPattern } from "./pattern.js";
import type { RewriteContext, RewriteRule } from "./rule.js";

const SWEEPS = 8;

/** A pass that applies rules until none matches (eight sweeps at most), then removes what they left unused. */
export function rewrite(name: string, rules: readonly RewriteRule[]): Pass {
  return {
    name,
    run(model): PassResult {
      let current = model;
      for (let i = 0; i < SWEEPS; i++) {
        const swept = sweep(current, rules);
        if (!swept) break;
        current = swept;
      }
      if (current === model) return { model, modified: false };
      return { model: removeDeadCode.run(current).model, modified: true };
    },
  };
}

interface SweepState {
  readonly model: Model;
  readonly index: GraphIndex;
  readonly gone: Set<Node>;
  readonly values: Map<string, ValueType>;
  readonly initializers: Map<string, Initializer>;
}

/** One walk over the graph, last node first so that the longest match wins. Undefined where nothing matched. */
function sweep(model: Model, rules: readonly RewriteRule[]): Model | undefined {
  const { graph } = model;
  const state: SweepState = {
    model,
    index: indexGraph(graph),
    gone: new Set(),
    values: new Map(graph.values),
    initializers: new Map(graph.initializers),
  };
  const replacements = new Map<Node, readonly Node[]>();
  for (const node of graph.nodes.toReversed()) {
    if (state.gone.has(node)) continue;
    const replacement = applyFirst(rules, node, state);
    if (replacement) replacements.set(node, replacement);
  }
  if (replacements.size === 0) return undefined;
  const nodes = graph.nodes.flatMap((node) => replacements.get(node) ?? (state.gone.has(node) ? [] : [node]));
  return { ...model, graph: { ...graph, nodes, values: state.values, initializers: state.initializers } };
}

/** The nodes that take the root's place, by the first rule that applies. */
function applyFirst(
  rules: readonly RewriteRule[],
  root: Node,
  state: SweepState,
): readonly Node[] | undefined {
  const { model, index, gone, values, initializers } = state;
  for (const rule of rules) {
    const match = matchPattern(rule.pattern, root, index);
    if (!match || match.nodes.some((node) => gone.has(node))) continue;
    const typeOf = (name: string) => values.get(name) ?? initializers.get(name) ?? index.type(name);
    // Rules emit nodes, and emitters need shapes: where a foreign graph has none, it stays as it is.
    if ([...match.values.values()].some((name) => !staticShape(typeOf(name)?.shape))) continue;
    const emit = new NodeEmitter({
      opsets: model.opsets,
      type: typeOf,
      initializer: (name) => initializers.get(name),
      taken: (name) => values.has(name) || initializers.has(name) || index.type(name) !== undefined,
    });
    const context: RewriteContext = {
      emit,
      index,
      root,
      attributes: root.attributes,
      value: (name) => {
        const bound = match.values.get(name);
        if (bound === undefined)
          throw onnxError("ONNX_UNDEFINED_VALUE", `rule ${rule.name} has no value ${name}`);
        return emit.value(bound);
      },
      node: (name) => {
        const bound = match.named.get(name);
        if (bound === undefined)
          throw onnxError("ONNX_UNDEFINED_VALUE", `rule ${rule.name} has no node ${name}`);
        return bound;
      },
    };
    const results = emit.scope(root.name || root.op, () => rule.replace(context));
    if (!results) continue;
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
  return undefined;
}

/** The root's outputs keep their names, so nothing that reads them has to change. */
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

import {
  emitterFor,
  type Graph,
  indexGraph,
  type Model,
  type NamedValue,
  type Node,
  type NodeEmitter,
  removeDeadCode,
  type Value,
  valuesRead,
  withNodes,
} from "@sunstep/onnx-graph";
import { checkLoss, checkNames, checkOpset, checkReached, outputName } from "./check-options.js";
import { reshape, scalarLike } from "./composite-operators.js";
import { autodiffError } from "./errors.js";
import { type ForwardValues, keepAll, recomputing } from "./forward-values.js";
import { gradientRules } from "./gradient-rules.js";
import type { GradientOptions } from "./options.js";
import { findPath } from "./path.js";
import { keepStatistics, prepare } from "./prepare.js";
import { ELSEWHERE, type GradientContext, unsupported } from "./rule.js";

const ATTENTION_BYTES = 2 ** 27;

/**
 * Adds the gradients of one of a model's values as outputs (reverse mode; Baydin et al. 2018, arXiv 1502.05767). Weights
 * without a requested gradient cost nothing. All shapes must be static. GroupNormalization and InstanceNormalization
 * become LayerNormalization.
 * @throws SunstepError, codes of autodiffErrors; AUTODIFF_NO_RULE names the operator and the node
 */
export function gradients(model: Model, options: GradientOptions): Model {
  const { loss, withRespectTo, outputs, checkpoint, attentionBytes = ATTENTION_BYTES } = options;
  checkOpset(model);
  const prepared = prepare(model);
  checkNames(prepared.graph, options);
  checkLoss(emitterFor(prepared).value(loss));
  const path = findPath(prepared.graph, withRespectTo, loss);
  checkReached(path, options);
  const forward = keepStatistics(prepared, path);
  const { graph } = forward;
  const emit = emitterFor(forward);
  const values = checkpoint ? recomputing(emit, graph, checkpoint) : keepAll(emit);
  const asked = new Set(withRespectTo);
  const gradientOf = backward(emit, graph, { loss, asked, path, values, attentionBytes });
  const named = [...asked].map((name) => [outputName(name), gradientOf.get(name)!] as const);
  const results: NamedValue[] = named.map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const kept = outputs ? graph.outputs.filter((output) => outputs.includes(output.name)) : graph.outputs;
  const copies = named.map(([name, value]) => identity(value.name, name));
  const whole = withNodes(forward, emit, [...graph.nodes, ...emit.nodes, ...copies]);
  const differentiated = { ...whole, graph: { ...whole.graph, outputs: [...kept, ...results] } };
  return removeDeadCode.run(differentiated).model;
}

interface Backward {
  readonly loss: string;
  readonly asked: ReadonlySet<string>;
  readonly path: ReadonlySet<string>;
  readonly values: ForwardValues;
  readonly attentionBytes: number;
}

/** Emits the gradients of all values on the path, from the last node to the first. */
function backward(
  emit: NodeEmitter,
  graph: Graph,
  { loss, asked, path, values, attentionBytes }: Backward,
): Map<string, Value> {
  const { producer } = indexGraph(graph);
  const gradientOf = new Map<string, Value>([[loss, seed(emit, loss)]]);
  for (const node of graph.nodes.toReversed()) {
    const upstream = node.outputs.map((output) => gradientOf.get(output));
    const first = upstream.find((gradient) => gradient !== undefined);
    if (!first || !valuesRead(node).some((input) => path.has(input))) continue;
    const context: GradientContext = {
      emit,
      node,
      upstream,
      attentionBytes,
      get gradient() {
        if (!upstream[0] || upstream.slice(1).some(Boolean))
          throw unsupported(context, "its further outputs");
        return upstream[0];
      },
      wants: (index) => path.has(node.inputs[index] ?? ""),
      type: (index) => emit.value(node.inputs[index] ?? ""),
      input: (index) => values.read(node.inputs[index] ?? "", first),
      output: (index) => values.read(node.outputs[index] ?? "", first),
      constant: (index) => emit.constantNumbers({ name: node.inputs[index] ?? "" }),
      producer: (index) =>
        asked.has(node.inputs[index] ?? "") ? undefined : producer(node.inputs[index] ?? ""),
    };
    emit.scope(`backward/${node.name || node.op}`, () => {
      const results = ruleOf(node)(context);
      node.inputs.forEach((input, i) => {
        if (!path.has(input)) return;
        const gradient = results[i];
        if (!gradient) throw unsupported(context, `its input ${i}`);
        if (gradient === ELSEWHERE) return;
        const before = gradientOf.get(input);
        gradientOf.set(input, before ? emit.op("Add", [before, gradient]) : gradient);
      });
    });
  }
  return gradientOf;
}

function seed(emit: NodeEmitter, loss: string): Value {
  const value = emit.value(loss);
  return reshape(emit, scalarLike(emit, value, 1), value.shape);
}

function ruleOf({ op, domain, name }: Node) {
  const rule = domain === "" && Object.hasOwn(gradientRules, op) ? gradientRules[op] : undefined;
  if (!rule) {
    const operator = domain === "" ? op : `${domain}.${op}`;
    throw autodiffError("AUTODIFF_NO_RULE", `there is no gradient rule for ${operator} (node ${name})`, {
      op: operator,
      node: name,
    });
  }
  return rule;
}

function identity(input: string, output: string): Node {
  return { name: output, op: "Identity", domain: "", inputs: [input], outputs: [output], attributes: {} };
}

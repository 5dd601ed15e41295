import { SunstepError } from "@sunstep/errors";
import { elementCount } from "@sunstep/tensor";
import { withoutAbsentAtEnd } from "../absent-inputs.js";
import { numberAttribute } from "../attributes.js";
import { type Constant, toInitializer } from "../constant-folding/constant.js";
import { fold } from "../constant-folding/fold.js";
import { inlineNumbers, staticShape } from "../data.js";
import { onnxError } from "../errors.js";
import type { Graph, Initializer, Model, NamedValue, Node } from "../model.js";
import type { Pass } from "../pass.js";
import { inferTypes } from "../shape-inference/infer.js";
import type { StaticType } from "../shape-inference/rule.js";
import { removeDeadCode } from "./dead-code.js";

/**
 * Writes a graph for inputs of fixed sizes: types every value, and computes what depends on sizes alone, as exporters leave
 * it (Shape, Gather, Concat before a Reshape). Weights stay in their files. A model that is fixed already stays as it is.
 * @throws GRAPH_UNKNOWN_INPUT, GRAPH_SHAPE for sizes that the graph does not take, ONNX_OPERATOR_UNKNOWN naming the node
 */
export function fixShapes(sizes: Readonly<Record<string, readonly number[]>>): Pass {
  return {
    name: "fixShapes",
    run(model) {
      checkNames(model.graph, sizes);
      const inputs = model.graph.inputs.map((input) => fixedInput(input, sizes[input.name]));
      const state = new FixedValues(model, inputs);
      const outputs = new Set(model.graph.outputs.map(({ name }) => name));
      const nodes = model.graph.nodes.flatMap((node) => state.visit(node, outputs));
      const graph: Graph = {
        ...model.graph,
        inputs,
        nodes,
        outputs: model.graph.outputs.map(({ name }) => ({ name, ...state.typeOf(name)! })),
        initializers: new Map([...model.graph.initializers, ...state.folded()]),
        values: new Map(nodes.flatMap((node) => state.typesOf(node))),
      };
      const fixed = removeDeadCode.run({ ...model, graph }).model;
      return isSame(model.graph, fixed.graph) ? { model, modified: false } : { model: fixed, modified: true };
    },
  };
}

/** Types and small constants of a graph's values, in the order of its nodes. */
class FixedValues {
  readonly #model: Model;
  readonly #types = new Map<string, StaticType>();
  readonly #folded = new Map<string, Constant>();
  readonly #initializers: Map<string, Initializer>;

  constructor(model: Model, inputs: readonly NamedValue[]) {
    this.#model = model;
    this.#initializers = new Map(model.graph.initializers);
    for (const input of inputs) this.#types.set(input.name, input as StaticType);
    for (const [name, { dtype, shape }] of this.#initializers) this.#types.set(name, { dtype, shape });
  }

  /** Types the outputs of a node, and returns it if it is still to be run. */
  visit(node: Node, graphOutputs: ReadonlySet<string>): readonly Node[] {
    const branch = this.#branch(node);
    if (branch) return branch.flatMap((inner) => this.visit(inner, graphOutputs));
    const types = this.#infer(node);
    node.outputs.forEach((output, i) => {
      if (output !== "") this.#types.set(output, types[i]!);
    });
    const [output = ""] = node.outputs;
    const constant = graphOutputs.has(output) ? undefined : this.#fold(node, types);
    if (!constant) return [node];
    this.#folded.set(output, constant);
    return [];
  }

  typeOf(name: string): StaticType | undefined {
    return this.#types.get(name);
  }

  typesOf({ outputs }: Node): (readonly [string, StaticType])[] {
    return outputs.flatMap((output) => (output === "" ? [] : [[output, this.#types.get(output)!] as const]));
  }

  folded(): (readonly [string, Initializer])[] {
    const added = [...this.#initializers].filter(([name]) => !this.#model.graph.initializers.has(name));
    return [...added, ...[...this.#folded].map(([name, value]) => [name, toInitializer(value)] as const)];
  }

  /** The nodes of the branch that an If with a constant condition takes. */
  #branch(node: Node): readonly Node[] | undefined {
    if (node.op !== "If" || node.domain !== "") return undefined;
    const condition = this.#numbers(node.inputs[0] ?? "");
    const taken = node.attributes[condition?.[0] === 0 ? "else_branch" : "then_branch"];
    if (!condition || taken?.type !== "graph") return undefined;
    const { nodes, outputs, initializers } = taken.value;
    for (const [name, initializer] of initializers) {
      this.#initializers.set(name, initializer);
      this.#types.set(name, initializer);
    }
    const copies = outputs.map(
      ({ name }, i): Node => ({
        name: `${node.name}/${i}`,
        op: "Identity",
        domain: "",
        inputs: [name],
        outputs: [node.outputs[i]!],
        attributes: {},
      }),
    );
    return [...nodes, ...copies];
  }

  #infer(node: Node): readonly StaticType[] {
    try {
      return inferTypes(node.domain, {
        op: node.op,
        inputs: node.inputs.map((input) => this.#types.get(input)),
        attributes: node.attributes,
        outputCount: node.outputs.length,
        opset: this.#model.opsets[node.domain] ?? 1,
        constant: (index) => this.#numbers(node.inputs[index] ?? ""),
      });
    } catch (error) {
      if (!SunstepError.isInstance(error)) throw error;
      const place = node.name || node.outputs[0] || node.op;
      const details = { ...error.details, node: node.name, op: node.op, cause: error };
      throw new SunstepError(error.code, `node ${place}: ${error.message}`, details);
    }
  }

  #numbers(name: string): readonly number[] | undefined {
    const initializer = this.#initializers.get(name);
    return this.#folded.get(name)?.values ?? (initializer && inlineNumbers(initializer));
  }

  /** Weights are not computed here: they stay in their files, and keep their names. */
  #fold(node: Node, types: readonly StaticType[]): Constant | undefined {
    const sizes = this.#sizesRead(node);
    if (sizes) return { ...types[0]!, values: sizes };
    const inputs: (Constant | undefined)[] = [];
    for (const name of withoutAbsentAtEnd(node.inputs)) {
      const values = name === "" ? undefined : this.#numbers(name);
      if (name !== "" && (!values || this.#isWeight(name))) return undefined;
      inputs.push(values && { ...this.#types.get(name)!, values });
    }
    return fold(node, inputs, types);
  }

  /** The result of Shape and Size, which depends on the type of their input alone. */
  #sizesRead({ op, domain, inputs, attributes }: Node): readonly number[] | undefined {
    if (domain !== "" || (op !== "Shape" && op !== "Size")) return undefined;
    const { shape } = this.#types.get(inputs[0] ?? "")!;
    if (op === "Size") return [elementCount(shape)];
    const end = numberAttribute(attributes, "end", shape.length);
    return shape.slice(numberAttribute(attributes, "start", 0), end);
  }

  #isWeight(name: string): boolean {
    const { dtype, shape } = this.#types.get(name)!;
    return this.#initializers.has(name) && dtype.startsWith("float") && shape.some((size) => size !== 1);
  }
}

function checkNames(graph: Graph, sizes: Readonly<Record<string, readonly number[]>>): void {
  const names = graph.inputs.map(({ name }) => name);
  const unknown = Object.keys(sizes).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw onnxError("GRAPH_UNKNOWN_INPUT", `the graph has no input ${unknown}; it has ${names.join(", ")}`, {
    input: unknown,
  });
}

function fixedInput(input: NamedValue, given: readonly number[] | undefined): NamedValue {
  const { name, shape } = input;
  const sizes = given ?? staticShape(shape);
  const fits =
    sizes &&
    input.dtype !== "unknown" &&
    (!shape ||
      (shape.length === sizes.length &&
        shape.every((size, axis) => typeof size === "string" || size === sizes[axis])));
  if (fits) return { name, dtype: input.dtype, shape: sizes };
  const declared = `${input.dtype} [${shape?.map((size) => size || "?").join(", ") ?? "of unknown rank"}]`;
  throw onnxError(
    "GRAPH_SHAPE",
    `input ${name} of the graph is ${declared}, and cannot be ${sizes ? `[${sizes.join(", ")}]` : "left open"}. ` +
      "Give it sizes that the graph was exported for, or export it with dynamic axes",
    { input: name, shape: shape ?? [], sizes: sizes ?? [] },
  );
}

function isSame(before: Graph, after: Graph): boolean {
  const typed = (graph: Graph) => [...graph.inputs, ...graph.outputs, ...graph.values.entries()].length;
  const shapeOf = ({ shape }: { readonly shape?: readonly unknown[] } = {}) => shape?.join();
  return (
    typed(before) === typed(after) &&
    before.nodes.length === after.nodes.length &&
    before.nodes.every((node, i) => node === after.nodes[i]) &&
    after.inputs.every((input, i) => shapeOf(input) === shapeOf(before.inputs[i])) &&
    after.outputs.every((output, i) => shapeOf(output) === shapeOf(before.outputs[i])) &&
    [...after.values].every(([name, type]) => shapeOf(type) === shapeOf(before.values.get(name)))
  );
}

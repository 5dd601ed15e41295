import { withoutAbsentAtEnd } from "./absent-inputs.js";
import { float32Data, inlineNumbers, int64Data, staticShape } from "./data.js";
import { onnxError } from "./errors.js";
import type { Attributes, Initializer, Node, ValueType } from "./model.js";
import { inferTypes } from "./shape-inference/infer.js";
import type { StaticType } from "./shape-inference/rule.js";

/** @throws ONNX_UNDEFINED_VALUE where the type or a dimension is not known */
export function staticType(name: string, { dtype, shape }: ValueType): StaticType {
  const sizes = staticShape(shape);
  if (sizes && dtype !== "unknown") return { dtype, shape: sizes };
  throw onnxError("ONNX_UNDEFINED_VALUE", `value ${name} has no static shape`, { value: name });
}

/** A value that nodes can read: its name and its type, with all dimensions known. */
export interface Value extends StaticType {
  readonly name: string;
}

export interface OperatorOptions {
  /** Operator domain; "" is ai.onnx. */
  readonly domain?: string;
  /** Last part of the node's and its first output's name, in place of the operator's. */
  readonly name?: string;
  /** Types of the outputs, for a node whose inputs do not tell them. Default: inferred. */
  readonly types?: readonly StaticType[];
}

/** Looks up the values of the graph that the emitter adds to. */
export interface EmitterContext {
  readonly opsets: Readonly<Record<string, number>>;
  type(name: string): ValueType | undefined;
  initializer(name: string): Initializer | undefined;
  taken(name: string): boolean;
}

/**
 * Appends nodes and initializers, infers the types of their outputs, and names them by nested scopes
 * ("down_blocks.0/attn2/MatMul"). The builder of new graphs and rewrite rules share it.
 */
export class NodeEmitter {
  readonly nodes: Node[] = [];
  readonly values = new Map<string, ValueType>();
  readonly initializers = new Map<string, Initializer>();
  readonly #context: EmitterContext;
  readonly #scopes: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #constants = new Map<string, Value>();

  constructor(context: EmitterContext) {
    this.#context = context;
  }

  /** Runs `emit` with `name` in front of all new names. */
  scope<T>(name: string, emit: () => T): T {
    this.#scopes.push(name);
    try {
      return emit();
    } finally {
      this.#scopes.pop();
    }
  }

  /** Returns an existing value by name. */
  value(name: string): Value {
    const type =
      this.values.get(name) ??
      this.initializers.get(name) ??
      this.#context.type(name) ??
      this.#context.initializer(name);
    if (!type) throw onnxError("ONNX_UNDEFINED_VALUE", `value ${name} is not defined`, { value: name });
    return { name, ...staticType(name, type) };
  }

  /** Adds a node with one output. */
  op(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: OperatorOptions = {},
  ): Value {
    return this.ops(op, inputs, 1, attributes, options)[0]!;
  }

  /** Adds a node with `outputCount` outputs. */
  ops(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputCount: number,
    attributes: Attributes = {},
    {
      domain = "",
      name = op,
      types = this.#infer(domain, op, inputs, outputCount, attributes),
    }: OperatorOptions = {},
  ): Value[] {
    const nodeName = this.#unique(name);
    const outputs = types.map(
      ({ dtype, shape }, i): Value => ({ name: i === 0 ? nodeName : `${nodeName}:${i}`, dtype, shape }),
    );
    this.nodes.push({
      name: nodeName,
      op,
      domain,
      inputs: withoutAbsentAtEnd(inputs.map((input) => input?.name ?? "")),
      outputs: outputs.map((output) => output.name),
      attributes,
    });
    for (const { name: output, dtype, shape } of outputs) this.values.set(output, { dtype, shape });
    return outputs;
  }

  #infer(
    domain: string,
    op: string,
    inputs: readonly (Value | undefined)[],
    outputCount: number,
    attributes: Attributes,
  ): readonly StaticType[] {
    return inferTypes(domain, {
      op,
      inputs,
      attributes,
      outputCount,
      opset: this.#context.opsets[domain] ?? 1,
      constant: (index) => this.constantNumbers(inputs[index]),
    });
  }

  /** Adds a named constant. An external constant points into its file and is never read here. */
  initializer(name: string, initializer: Initializer): Value {
    const unique = this.#unique(name);
    this.initializers.set(unique, initializer);
    return { name: unique, dtype: initializer.dtype, shape: initializer.shape };
  }

  /** A small int64 vector, such as a shape or axes; equal ones are shared. */
  ints(values: readonly number[]): Value {
    return this.#shared(`ints ${values.join("_")}`, () => int64Data(values));
  }

  /** A float32 scalar, shape []; equal ones are shared. */
  scalar(value: number): Value {
    return this.#shared(`scalar ${value}`, () => float32Data([value], []));
  }

  /** A small float32 constant; equal ones are shared. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.#shared(`floats ${values.join("_")} of ${shape.join("x")}`, () => float32Data(values, shape));
  }

  /** The elements of a value that is an inline constant. */
  constantNumbers(value: { readonly name: string } | undefined): readonly number[] | undefined {
    if (!value) return undefined;
    const initializer = this.initializers.get(value.name) ?? this.#context.initializer(value.name);
    return initializer && inlineNumbers(initializer);
  }

  #shared(key: string, make: () => Initializer): Value {
    let constant = this.#constants.get(key);
    if (!constant) {
      const initializer = make();
      const name = key.length < 40 ? key.replaceAll(" ", "/") : `constant/${this.#constants.size}`;
      constant = { name: this.#free(name), dtype: initializer.dtype, shape: initializer.shape };
      this.initializers.set(constant.name, initializer);
      this.#constants.set(key, constant);
    }
    return constant;
  }

  #unique(name: string): string {
    return this.#free([...this.#scopes, name].join("/"));
  }

  #free(name: string): string {
    let count = this.#counts.get(name) ?? 0;
    let candidate = count === 0 ? name : `${name}_${count}`;
    while (this.values.has(candidate) || this.initializers.has(candidate) || this.#context.taken(candidate)) {
      candidate = `${name}_${++count}`;
    }
    this.#counts.set(name, count + 1);
    return candidate;
  }
}

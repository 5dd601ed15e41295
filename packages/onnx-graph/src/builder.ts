import { NodeEmitter, staticType, type Value } from "./emitter.js";
import type { DataType, Model, NamedValue } from "./model.js";

export interface BuilderOptions {
  readonly name: string;
  /** Operator set versions by domain, `{ "": 23 }` for instance. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Builds a new model node by node. Every value's shape is known as soon as its node is added. */
export class GraphBuilder extends NodeEmitter {
  readonly #options: BuilderOptions;
  readonly #inputs: NamedValue[];
  readonly #outputs: NamedValue[] = [];

  constructor(options: BuilderOptions) {
    const inputs: NamedValue[] = [];
    super({
      opsets: options.opsets,
      type: (name) => inputs.find((input) => input.name === name),
      initializer: () => undefined,
      taken: (name) => inputs.some((input) => input.name === name),
    });
    this.#options = options;
    this.#inputs = inputs;
  }

  input(name: string, dtype: DataType, shape: readonly number[]): Value {
    const value = { name, dtype, shape };
    this.#inputs.push(value);
    return value;
  }

  /**
   * Declares the inputs of another model, to embed it.
   * @throws ONNX_UNDEFINED_VALUE where an input has no static shape
   */
  inputsOf({ graph }: Pick<Model, "graph">): Record<string, Value> {
    return Object.fromEntries(
      graph.inputs.map(({ name, ...type }) => {
        const { dtype, shape } = staticType(name, type);
        return [name, this.input(name, dtype, shape)];
      }),
    );
  }

  /** Makes a value an output of the graph, under `name`. */
  output(name: string, value: Value): void {
    const { dtype, shape } = value;
    this.nodes.push({
      name: `output/${name}`,
      op: "Identity",
      domain: "",
      inputs: [value.name],
      outputs: [name],
      attributes: {},
    });
    this.#outputs.push({ name, dtype, shape });
  }

  build(): Model {
    return {
      graph: {
        name: this.#options.name,
        inputs: [...this.#inputs],
        outputs: [...this.#outputs],
        nodes: [...this.nodes],
        initializers: new Map(this.initializers),
        values: new Map(this.values),
      },
      opsets: this.#options.opsets,
      metadata: this.#options.metadata ?? {},
    };
  }
}

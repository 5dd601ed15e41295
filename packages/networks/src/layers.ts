import type { Weights } from "@sunstep/checkpoint";
import {
  type Attributes,
  emitStoredWeight,
  emitWeight,
  float,
  GraphBuilder,
  int,
  ints,
  string,
  type Value,
} from "@sunstep/onnx-graph";

/** Operator sets that the networks are written in: Attention is new in 23, GroupNormalization in 18, Gelu in 20. */
const NETWORK_OPSETS = { "": 23 } as const;

export interface ConvOptions {
  readonly stride?: number;
  /** Padding on every side, or [top, left, bottom, right]. */
  readonly padding?: number | readonly [number, number, number, number];
}

/**
 * Layers of a module of a network, by names relative to it, as torch.nn has them: `layers.module("resnets.0", resnet)`
 * reads the weights "resnets.0.conv1.weight", … and names its nodes "resnets.0.conv1/Conv", …. Weights stay in their file
 * and in its type; a Cast brings them to float32.
 */
export class Layers {
  readonly graph: GraphBuilder;
  readonly #weights: Weights;
  readonly #path: string;

  private constructor(graph: GraphBuilder, weights: Weights, path: string) {
    this.graph = graph;
    this.#weights = weights;
    this.#path = path;
  }

  /** The layers of a whole network, in a graph of that name. */
  static of(network: string, weights: Weights): Layers {
    return new Layers(new GraphBuilder({ name: network, opsets: NETWORK_OPSETS }), weights, "");
  }

  /** Emits the inner module `name`. */
  module<T>(name: string, emit: (layers: Layers) => T): T {
    return emit(new Layers(this.graph, this.#weights, this.#fullName(name)));
  }

  /** Tells whether the module has such a weight. */
  has(name: string): boolean {
    return this.#weights.has(this.#fullName(name));
  }

  /** A weight in its stored type: an initializer that points into the checkpoint. */
  stored(name: string): Value {
    return emitStoredWeight(this.graph, this.#weights.get(this.#fullName(name)));
  }

  /** A weight as float32. */
  weight(name: string): Value {
    return emitWeight(this.graph, this.#weights.get(this.#fullName(name)));
  }

  /** Adds a node with one output, named after this module. */
  op(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}): Value {
    return this.scope(() => this.graph.op(op, inputs, attributes));
  }

  /** Runs `emit` with this module's path in front of the names that it gives. */
  scope<T>(emit: () => T): T {
    return this.#path === "" ? emit() : this.graph.scope(this.#path, emit);
  }

  /** torch.nn.Linear: x [.., in] -> [.., out]. */
  linear(name: string, x: Value): Value {
    return this.module(name, (layer) => {
      const weight = layer.weight("weight");
      const bias = layer.has("bias") ? layer.weight("bias") : undefined;
      const product = layer.op("MatMul", [x, layer.op("Transpose", [weight], { perm: ints([1, 0]) })]);
      return bias ? layer.op("Add", [product, bias]) : product;
    });
  }

  /** torch.nn.Conv2d: x [batch, in, h, w] -> [batch, out, h', w']. */
  conv(name: string, x: Value, { stride = 1, padding = 0 }: ConvOptions = {}): Value {
    return this.module(name, (layer) => {
      const weight = layer.weight("weight");
      const bias = layer.has("bias") ? layer.weight("bias") : undefined;
      const pads = typeof padding === "number" ? [padding, padding, padding, padding] : padding;
      return layer.op("Conv", [x, weight, bias], {
        kernel_shape: ints(weight.shape.slice(2)),
        strides: ints([stride, stride]),
        pads: ints(pads),
      });
    });
  }

  /** torch.nn.GroupNorm over the channels of x [batch, channels, h, w]. */
  groupNorm(name: string, x: Value, { groups, epsilon }: { groups: number; epsilon: number }): Value {
    return this.module(name, (layer) =>
      layer.op("GroupNormalization", [x, layer.weight("weight"), layer.weight("bias")], {
        num_groups: int(groups),
        epsilon: float(epsilon),
      }),
    );
  }

  /** torch.nn.LayerNorm over the last axis of x. */
  layerNorm(name: string, x: Value, epsilon: number): Value {
    return this.module(name, (layer) =>
      layer.op("LayerNormalization", [x, layer.weight("weight"), layer.weight("bias")], {
        axis: int(-1),
        epsilon: float(epsilon),
      }),
    );
  }

  add(a: Value, b: Value): Value {
    return this.op("Add", [a, b]);
  }

  relu(x: Value): Value {
    return this.op("Relu", [x]);
  }

  silu(x: Value): Value {
    return this.op("Mul", [x, this.op("Sigmoid", [x])]);
  }

  gelu(x: Value): Value {
    return this.op("Gelu", [x], { approximate: string("none") });
  }

  /** x * sigmoid(1.702 x), CLIP's approximation of GELU. */
  quickGelu(x: Value): Value {
    return this.op("Mul", [x, this.op("Sigmoid", [this.op("Mul", [x, this.graph.scalar(1.702)])])]);
  }

  /** A value of any type as float32. */
  float32(value: Value): Value {
    return value.dtype === "float32" ? value : this.op("Cast", [value], { to: int(1) });
  }

  /** Resizes [batch, channels, h, w] to the given height and width by nearest neighbours. */
  upsample(x: Value, height: number, width: number): Value {
    const { graph } = this;
    const [batch = 1, channels = 1, h = 1, w = 1] = x.shape;
    const whole = height % h === 0 && width % w === 0;
    const scales = whole ? graph.floats([1, 1, height / h, width / w]) : undefined;
    const sizes = whole ? undefined : graph.ints([batch, channels, height, width]);
    return this.op("Resize", [x, undefined, scales, sizes], {
      mode: string("nearest"),
      coordinate_transformation_mode: string("asymmetric"),
      nearest_mode: string("floor"),
    });
  }

  /** [batch, channels, h, w] -> [batch, h * w, channels]. */
  toTokens(x: Value): Value {
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    const rows = this.op("Reshape", [x, this.graph.ints([batch, channels, height * width])]);
    return this.op("Transpose", [rows], { perm: ints([0, 2, 1]) });
  }

  /** [batch, h * w, channels] -> [batch, channels, h, w]. */
  fromTokens(x: Value, height: number, width: number): Value {
    const [batch = 1, , channels = 1] = x.shape;
    const rows = this.op("Transpose", [x], { perm: ints([0, 2, 1]) });
    return this.op("Reshape", [rows, this.graph.ints([batch, channels, height, width])]);
  }

  #fullName(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }
}

import type { Weights } from "@sunstep/checkpoint";
import {
  emitStoredWeight,
  emitWeight,
  float,
  GraphBuilder,
  int,
  ints,
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
 * A graph builder that knows layers: each reads its weights by the module's name in diffusers or transformers and
 * names its nodes after it. Weights stay in their file and in its type; a Cast brings them to float32.
 */
export class Layers {
  readonly graph: GraphBuilder;
  readonly #weights: Weights;

  constructor(name: string, weights: Weights) {
    this.graph = new GraphBuilder({ name, opsets: NETWORK_OPSETS });
    this.#weights = weights;
  }

  has(name: string): boolean {
    return this.#weights.has(name);
  }

  /** A weight in its stored type: an initializer that points into the checkpoint. */
  stored(name: string): Value {
    return emitStoredWeight(this.graph, this.#weights.get(name));
  }

  /** A weight as float32. */
  weight(name: string): Value {
    return emitWeight(this.graph, this.#weights.get(name));
  }

  float32(value: Value, name: string): Value {
    return value.dtype === "float32"
      ? value
      : this.graph.op("Cast", [value], { to: int(1) }, { name: `${name}/float32` });
  }

  /** torch.nn.Linear: x [.., in] -> [.., out]. */
  linear(module: string, x: Value): Value {
    const weight = this.weight(`${module}.weight`);
    const bias = this.has(`${module}.bias`) ? this.weight(`${module}.bias`) : undefined;
    return this.graph.scope(module, () => {
      const transposed = this.graph.op("Transpose", [weight], { perm: ints([1, 0]) });
      const product = this.graph.op("MatMul", [x, transposed]);
      return bias ? this.graph.op("Add", [product, bias]) : product;
    });
  }

  /** torch.nn.Conv2d: x [batch, in, h, w] -> [batch, out, h', w']. */
  conv(module: string, x: Value, { stride = 1, padding = 0 }: ConvOptions = {}): Value {
    const weight = this.weight(`${module}.weight`);
    const bias = this.has(`${module}.bias`) ? this.weight(`${module}.bias`) : undefined;
    const pads = typeof padding === "number" ? [padding, padding, padding, padding] : padding;
    return this.graph.scope(module, () =>
      this.graph.op("Conv", [x, weight, bias], {
        kernel_shape: ints(weight.shape.slice(2)),
        strides: ints([stride, stride]),
        pads: ints(pads),
      }),
    );
  }

  groupNorm(module: string, x: Value, { groups, epsilon }: { groups: number; epsilon: number }): Value {
    const scale = this.weight(`${module}.weight`);
    const bias = this.weight(`${module}.bias`);
    return this.graph.scope(module, () =>
      this.graph.op("GroupNormalization", [x, scale, bias], {
        num_groups: int(groups),
        epsilon: float(epsilon),
      }),
    );
  }

  layerNorm(module: string, x: Value, epsilon: number): Value {
    const scale = this.weight(`${module}.weight`);
    const bias = this.weight(`${module}.bias`);
    return this.graph.scope(module, () =>
      this.graph.op("LayerNormalization", [x, scale, bias], { axis: int(-1), epsilon: float(epsilon) }),
    );
  }

  silu(module: string, x: Value): Value {
    return this.graph.scope(`${module}.silu`, () => this.graph.op("Mul", [x, this.graph.op("Sigmoid", [x])]));
  }

  /** x * sigmoid(1.702 x), CLIP's approximation of GELU. */
  quickGelu(module: string, x: Value): Value {
    const { graph } = this;
    const factor = graph.scalar(1.702);
    return graph.scope(`${module}.quick_gelu`, () =>
      graph.op("Mul", [x, graph.op("Sigmoid", [graph.op("Mul", [x, factor])])]),
    );
  }

  add(module: string, a: Value, b: Value): Value {
    return this.graph.scope(module, () => this.graph.op("Add", [a, b]));
  }

  /** Nearest-neighbour resize of [batch, channels, h, w] to the given height and width. */
  upsample(module: string, x: Value, height: number, width: number): Value {
    const { graph } = this;
    const [batch = 1, channels = 1, h = 1, w = 1] = x.shape;
    const whole = height % h === 0 && width % w === 0;
    const scales = whole ? graph.floats([1, 1, height / h, width / w]) : undefined;
    const sizes = whole ? undefined : graph.ints([batch, channels, height, width]);
    return graph.scope(module, () =>
      graph.op("Resize", [x, undefined, scales, sizes], {
        mode: { type: "string", value: "nearest" },
        coordinate_transformation_mode: { type: "string", value: "asymmetric" },
        nearest_mode: { type: "string", value: "floor" },
      }),
    );
  }

  /** [batch, channels, h, w] -> [batch, h * w, channels]. */
  toTokens(module: string, x: Value): Value {
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    const shape = this.graph.ints([batch, channels, height * width]);
    return this.graph.scope(`${module}.tokens`, () =>
      this.graph.op("Transpose", [this.graph.op("Reshape", [x, shape])], { perm: ints([0, 2, 1]) }),
    );
  }

  /** [batch, h * w, channels] -> [batch, channels, h, w]. */
  fromTokens(module: string, x: Value, height: number, width: number): Value {
    const [batch = 1, , channels = 1] = x.shape;
    const shape = this.graph.ints([batch, channels, height, width]);
    return this.graph.scope(`${module}.image`, () =>
      this.graph.op("Reshape", [this.graph.op("Transpose", [x], { perm: ints([0, 2, 1]) }), shape]),
    );
  }
}

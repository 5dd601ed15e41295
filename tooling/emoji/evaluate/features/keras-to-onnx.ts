// Converts a Keras convolutional network to an ONNX graph of the channel means of chosen layers' activations.
import { float, float32Data, GraphBuilder, int, ints, type Model, type Value } from "@sunstep/onnx-graph";
import { type KerasLayer, type KerasModel, readWeights, type Weight } from "./keras-model.js";

interface Context {
  readonly graph: GraphBuilder;
  /** The layer's weight of that last name: "kernel". */
  weight(name: string): Weight;
}

type Emit = (inputs: readonly Value[], layer: KerasLayer, context: Context) => Value;

/** The ONNX form of each kind of layer. Activations are [batch, channels, height, width]. */
const emitters: Readonly<Record<string, Emit>> = {
  ZeroPadding2D: ([x], { config }, { graph }) => {
    const [rows, columns] = config.padding as readonly (readonly number[])[];
    const pads = [0, 0, rows![0]!, columns![0]!, 0, 0, rows![1]!, columns![1]!];
    return graph.op("Pad", [x, graph.ints(pads)]);
  },
  Conv2D: ([x], layer, context) => {
    const kernel = context.weight("kernel");
    const [height, width, inputs, outputs] = kernel.shape as [number, number, number, number];
    const weights = permuted(kernel, [outputs, inputs, height, width], ([o, i, h, w]) => [h!, w!, i!, o!]);
    return convolution(x!, weights, 1, layer, context);
  },
  DepthwiseConv2D: ([x], layer, context) => {
    const kernel = context.weight("depthwise_kernel");
    const [height, width, channels] = kernel.shape as [number, number, number, number];
    const weights = permuted(kernel, [channels, 1, height, width], ([c, , h, w]) => [h!, w!, c!, 0]);
    return convolution(x!, weights, channels, layer, context);
  },
  BatchNormalization: ([x], { config }, { graph, weight }) => {
    const parts = ["gamma", "beta", "moving_mean", "moving_variance"].map((name, i) => {
      const { data, shape } = weight(name);
      return graph.initializer(`weight.${i}`, float32Data(data, shape));
    });
    return graph.op("BatchNormalization", [x, ...parts], { epsilon: float(config.epsilon!) });
  },
  ReLU: ([x], { config }, { graph }) =>
    graph.op("Clip", [x, graph.scalar(0), ...(config.max_value ? [graph.scalar(config.max_value)] : [])]),
  Add: ([a, b], _, { graph }) => graph.op("Add", [a, b]),
};

/** Builds the graph: input `image` [batch, 3, height, width], one output [batch, channels] for each layer of `taps`. */
export function kerasToOnnx(
  model: KerasModel,
  bytes: Uint8Array,
  taps: readonly string[],
  batch: number,
): Model {
  const weights = readWeights(model, bytes);
  const graph = new GraphBuilder({ name: "features", opsets: { "": 17 } });
  const values = new Map<string, Value>();
  for (const layer of model.modelTopology.model_config.config.layers) {
    if (taps.every((tap) => values.has(tap))) break;
    const inputs = (layer.inbound_nodes[0] ?? []).map(([name]) => values.get(name)!);
    values.set(
      layer.name,
      graph.scope(layer.name, () => emit(layer, inputs, graph, weights, batch)),
    );
  }
  for (const tap of taps) graph.output(tap, pooled(values.get(tap)!, graph));
  return graph.build();
}

function emit(
  layer: KerasLayer,
  inputs: readonly Value[],
  graph: GraphBuilder,
  weights: ReadonlyMap<string, Weight>,
  batch: number,
): Value {
  if (layer.class_name === "InputLayer") {
    const [, height, width, channels] = layer.config.batch_input_shape as [null, number, number, number];
    return graph.input("image", "float32", [batch, channels, height, width]);
  }
  const emitter = emitters[layer.class_name];
  if (!emitter) throw new RangeError(`layer ${layer.name}: no rule for ${layer.class_name}`);
  return emitter(inputs, layer, { graph, weight: (name) => weights.get(`${layer.name}/${name}`)! });
}

function convolution(
  x: Value,
  weights: Weight,
  group: number,
  { config }: KerasLayer,
  { graph }: Context,
): Value {
  const [, , height, width] = weights.shape as [number, number, number, number];
  // "same" is symmetric where the stride is 1; MobileNet pads by layers of its own before larger strides.
  const pads = config.padding === "same" ? [height >> 1, width >> 1, height >> 1, width >> 1] : [0, 0, 0, 0];
  return graph.op("Conv", [x, graph.initializer("weight", float32Data(weights.data, weights.shape))], {
    strides: ints(config.strides!),
    pads: ints(pads),
    group: int(group),
  });
}

function pooled(x: Value, graph: GraphBuilder): Value {
  return graph.op("Flatten", [graph.op("GlobalAveragePool", [x])], { axis: int(1) });
}

/** Permutes a weight to another layout: `source` maps an index of the new shape to one of the old. */
function permuted(
  { data, shape: [, b = 1, c = 1, d = 1] }: Weight,
  shape: readonly [number, number, number, number],
  source: (index: readonly number[]) => readonly [number, number, number, number],
): Weight {
  const result = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < shape[0]; i++)
    for (let j = 0; j < shape[1]; j++)
      for (let k = 0; k < shape[2]; k++)
        for (let l = 0; l < shape[3]; l++) {
          const [p, q, r, s] = source([i, j, k, l]);
          result[at++] = data[((p * b + q) * c + r) * d + s]!;
        }
  return { shape, data: result };
}

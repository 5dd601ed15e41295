// The training losses of both halves of a tiny autoencoder, as graphs with the weights as an input.
import { weightsFromInput } from "@sunstep/distillation/training";
import { lowerConvsForCpu } from "@sunstep/graph-passes";
import { buildTaesdDecoder, buildTaesdEncoder } from "@sunstep/networks";
import { embedModel, GraphBuilder, int, type Model, runPasses, type Value } from "@sunstep/onnx-graph";
import type { TinyNetwork } from "./tiny-network.js";

export interface Sizes {
  readonly batch: number;
  /** Size of the latents. */
  readonly height: number;
  readonly width: number;
}

/** Errors of a pixel (black to white is 2) count squared below this, linearly above. */
const HUBER = 0.1;
/** Weight of the loss on differences of neighbours, which keeps edges sharp and areas flat. */
const EDGES = 1;

/**
 * Builds the graph of a half's `loss`. Inputs: `latents` [batch, 4, height, width], scaled as the U-Net takes them; `images`
 * [batch, 3, 8 height, 8 width], -1 to 1, as the VAE decodes them; and `parameters`. The decoder's is a pseudo-Huber
 * distance (Charbonnier et al. 1994) of pixels and of differences of neighbouring pixels, the encoder's a mean square.
 */
export function lossGraph(network: TinyNetwork, { batch, height, width }: Sizes): Model {
  const { half, config, weights, source, placed } = network;
  const decodes = half === "decoder";
  const built = decodes
    ? buildTaesdDecoder({ config, weights, batch, height, width })
    : buildTaesdEncoder({ config, weights, batch, height: 8 * height, width: 8 * width });
  const layout = placed.map(({ shape, offset }) => ({ shape, offset: offset / 4 }));
  // Gradients of convolutions cost half as much on the small image as on the doubled one.
  const { model: open } = runPasses(weightsFromInput(built, source, layout), lowerConvsForCpu);
  const graph = new GraphBuilder({ name: `tiny ${half} loss`, opsets: open.opsets });
  const latents = graph.input("latents", "float32", [batch, config.latent_channels, height, width]);
  const images = graph.input("images", "float32", [batch, config.out_channels, 8 * height, 8 * width]);
  const parameters = graph.input("parameters", "float32", [source.size / 4]);
  const given = decodes ? { latents } : { sample: images };
  const results = embedModel(graph, open, { scope: "network", inputs: { ...given, parameters } });
  const loss = decodes
    ? imageLoss(graph, graph.op("Sub", [results.sample!, images]))
    : meanSquare(graph, graph.op("Sub", [results.latents!, latents]));
  graph.output("loss", loss);
  return graph.build();
}

function imageLoss(graph: GraphBuilder, error: Value): Value {
  const edges = [2, 3].map((axis) => huber(graph, neighbours(graph, error, axis)));
  return graph.op("Add", [
    huber(graph, error),
    graph.op("Mul", [graph.scalar(EDGES), graph.op("Add", [edges[0]!, edges[1]!])]),
  ]);
}

/** Emits each pixel minus its predecessor. */
function neighbours(graph: GraphBuilder, x: Value, axis: number): Value {
  const cut = (from: number, to: number) =>
    graph.op("Slice", [x, graph.ints([from]), graph.ints([to]), graph.ints([axis])]);
  const size = x.shape[axis]!;
  return graph.op("Sub", [cut(1, size), cut(0, size - 1)]);
}

function huber(graph: GraphBuilder, error: Value): Value {
  const square = graph.op("Mul", [error, error]);
  const root = graph.op("Sqrt", [graph.op("Add", [square, graph.scalar(HUBER ** 2)])]);
  const mean = graph.op("ReduceMean", [root], { keepdims: int(0) });
  return graph.op("Sub", [mean, graph.scalar(HUBER)]);
}

function meanSquare(graph: GraphBuilder, error: Value): Value {
  return graph.op("ReduceMean", [graph.op("Mul", [error, error])], { keepdims: int(0) });
}

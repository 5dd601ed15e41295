import {
  type ClipTextConfig,
  type Component,
  type ComponentConfigs,
  type ComponentKind,
  expectedShapes,
  hasTextProjection,
  memorySource,
  type UNetConfig,
  type VaeConfig,
  type WeightRef,
  type Weights,
} from "@sunstep/checkpoint";
import { raise, raiseAt } from "@sunstep/graph-passes";
import { buildTextEncoder, buildUNet, buildVaeDecoder, buildVaeEncoder } from "@sunstep/networks";
import { byteLength, type Model, runPasses } from "@sunstep/onnx-graph";
import { type MatchOptions, matchGraphs, type Pair } from "./match-graphs.js";
import { inputSizes, type Sizes } from "./network-inputs.js";
import type { OpenedGraph } from "./open-graph.js";
import { type Skeleton, skeletonOf } from "./skeleton.js";
import { storedConstant, storedWeight } from "./stored-weight.js";

/** A network of ours to compare a graph with. */
export interface Network<C> {
  /** For messages. */
  readonly name: string;
  readonly config: C;
  readonly kind: ComponentKind;
  /** Sizes for the comparison, where the graph leaves them open. */
  readonly smallest: Sizes;
  build(component: Component<C>, sizes: Sizes): Model;
  /** The values to compare, in our network and in the graph. */
  results(own: Skeleton, other: Skeleton): readonly Pair[];
}

/** Latents of a size that can be halved four times; height and width differ, so that they are not taken for each other. */
export const LATENTS = { batch: 1, height: 16, width: 32, tokens: 77 } as const;

const outputs = (own: Skeleton, other: Skeleton): readonly Pair[] => [
  [own.model.graph.outputs[0]!.name, other.model.graph.outputs[0]!.name],
];

/** The last results of an operator: what follows differs between exporters. */
const last =
  (op: string) =>
  (own: Skeleton, other: Skeleton): readonly Pair[] => {
    const of = ({ model }: Skeleton) =>
      model.graph.nodes.findLast((node) => node.op === op)?.outputs[0] ?? model.graph.outputs[0]!.name;
    return [[of(own), of(other)]];
  };

export function unetNetwork(config: UNetConfig): Network<UNetConfig> {
  return {
    name: "the U-Net of its config",
    kind: "unet",
    config,
    smallest: LATENTS,
    build: (unet, sizes) => buildUNet({ ...unet, ...sizes }),
    results: outputs,
  };
}

export function textEncoderNetwork(config: ClipTextConfig): Network<ClipTextConfig> {
  const textEmbeds = hasTextProjection(config);
  return {
    name: "the text encoder of its config",
    kind: "textEncoder",
    config,
    smallest: { ...LATENTS, tokens: config.max_position_embeddings },
    build: (encoder, { batch, tokens }) => buildTextEncoder({ ...encoder, batch, tokens, textEmbeds }),
    results: (own, other) => [
      ...last("LayerNormalization")(own, other),
      ...(textEmbeds ? [[projection(own), projection(other)] as const] : []),
    ],
  };
}

/** The matrix that the pooled state is projected by. Exporters find the pooled state itself in several ways. */
function projection({ model, index, isConstant, resolve }: Skeleton): string {
  const products = model.graph.outputs.flatMap(({ name }) => {
    const node = index.producer(resolve(name));
    return node?.op === "MatMul" && isConstant(node.inputs[1] ?? "") ? [node.inputs[1]!] : [];
  });
  return products[0] ?? model.graph.outputs[0]!.name;
}

export function vaeDecoderNetwork(config: VaeConfig): Network<VaeConfig> {
  return {
    name: "the VAE decoder of its config",
    kind: "vae",
    config,
    smallest: LATENTS,
    build: (vae, sizes) => buildVaeDecoder({ ...vae, ...sizes }),
    results: outputs,
  };
}

export function vaeEncoderNetwork(config: VaeConfig): Network<VaeConfig> {
  return {
    name: "the VAE encoder of its config",
    kind: "vae",
    config,
    smallest: { ...LATENTS, height: 256, width: 512 },
    build: (vae, sizes) => buildVaeEncoder({ ...vae, ...sizes }),
    // Some exports draw a sample of the distribution, others return its moments.
    results: last("Conv"),
  };
}

/** The weights of a graph by the canonical names of our network, from which they are found by their places. */
export type FoundWeights = ReadonlyMap<string, WeightRef>;

/**
 * Finds the weights of a network in a graph of another exporter: raises it, and compares it with our graph of the same config.
 * @throws SunstepError ONNX_GRAPH_…, PASS_UNSUPPORTED, GRAPH_SHAPE
 */
export function findWeights<C>(opened: OpenedGraph, network: Network<C>): FoundWeights {
  const { file } = opened;
  const raised = raisedGraph(opened, network.smallest);
  const names = new Map<string, string>();
  const other = skeletonOf(raised.model, names);
  const weights = placeholders(network.kind, network.config as ComponentConfigs[ComponentKind]);
  const built = network.build({ config: network.config, weights }, raised.sizes);
  const own = skeletonOf(runPasses(built, raise).model, names);
  const options: MatchOptions = { file, network: network.name };
  const { constants } = matchGraphs(own, other, network.results(own, other), options);
  const found = new Map<string, WeightRef>();
  for (const [mine, theirs] of constants) {
    const stored = storedConstant(mine, own.index);
    if (typeof stored === "string" || !weights.has(stored.name)) continue;
    const { name, shape } = weights.get(stored.name);
    const place = { model: raised.model, index: other.index, file };
    found.set(name, storedWeight({ name, shape }, theirs, stored.transposed, place));
  }
  return found;
}

/** A graph in the raised vocabulary, at the sizes that it is compared at. */
export function raisedGraph(
  opened: OpenedGraph,
  smallest: Sizes,
): { readonly model: Model; readonly sizes: Sizes } {
  const { sizes, shapes } = inputSizes(opened, smallest);
  return { model: runPasses(opened.model, raiseAt(shapes)).model, sizes };
}

const EMPTY = memorySource(new Uint8Array(), "a weight of our network");

/** The weights of our network, which are never read: only their names and places count. */
function placeholders<K extends ComponentKind>(kind: K, config: ComponentConfigs[K]): Weights {
  const shapes = expectedShapes(kind, config);
  return {
    names: () => Object.keys(shapes),
    has: (name) => Object.hasOwn(shapes, name),
    get: (name) => {
      const shape = shapes[name]!;
      return {
        name,
        dtype: "float32",
        shape,
        source: EMPTY,
        offset: 0,
        length: byteLength("float32", shape),
      };
    },
  };
}

import { parseUNetConfig, SIZE_NUMBERS, type UNetConfig } from "@sunstep/checkpoint";
import { intsAttribute, type Model, type Node, numberAttribute } from "@sunstep/onnx-graph";
import { epsilonOf, factsOf, type GraphFacts, shortest } from "./graph-facts.js";

const MAX_PERIOD = 10_000;

/**
 * Derives a U-Net's config from its graph, for folders of diffusers, which have none. The comparison with our network of that
 * config shows whether it is right.
 */
export function deriveUNetConfig(model: Model, file: string): UNetConfig {
  const facts = factsOf(model);
  const convs = facts.of("Conv");
  const norms = facts.of("GroupNormalization");
  const joined = afterJoins(facts);
  const [states, sample] = [3, 4].map((rank) =>
    model.graph.inputs.find(({ shape }) => shape?.length === rank),
  );
  const resnetNorms = norms.filter(facts.isActivated);
  const heights = [...new Set(resnetNorms.map(facts.height))].sort((a, b) => b - a);
  const levels = heights.map((height) => levelAt(height, facts, joined, height === heights[0]));
  const innermost = levels.at(-1)!;
  const middle = innermost.downResnets - innermost.layers;
  const middleAttention = middle > 1 ? 1 : 0;
  const attends = levels.map(({ downTransformers }, i) =>
    i === levels.length - 1 ? downTransformers > middleAttention : downTransformers > 0,
  );
  const someHeads = levels.find(({ heads }) => heads !== undefined)?.heads ?? 1;
  const depths = levels.map(({ depth }) => depth);
  const kernel = (conv: Node | undefined) => facts.shape(conv?.inputs[1])[2] ?? 3;
  const halving = convs.find(({ attributes }) => intsAttribute(attributes, "strides")?.[0] === 2);
  const config = {
    _class_name: "UNet2DConditionModel",
    in_channels: facts.shape(sample?.name)[1]!,
    out_channels: facts.channels(convs.at(-1)!),
    block_out_channels: levels.map(({ width }) => width),
    down_block_types: attends.map((has) => (has ? "CrossAttnDownBlock2D" : "DownBlock2D")),
    up_block_types: levels
      .toReversed()
      .map(({ upTransformers }) => (upTransformers > 0 ? "CrossAttnUpBlock2D" : "UpBlock2D")),
    mid_block_type: middle > 1 ? "UNetMidBlock2DCrossAttn" : middle === 1 ? "UNetMidBlock2D" : null,
    layers_per_block: shortest(levels.map(({ layers }) => layers)),
    transformer_layers_per_block: shortest(depths),
    cross_attention_dim: facts.shape(states?.name)[2]!,
    attention_head_dim: shortest(levels.map(({ heads }) => heads ?? someHeads)),
    use_linear_projection: isLinear(facts, norms),
    norm_num_groups: numberAttribute(norms[0]!.attributes, "num_groups", 32),
    norm_eps: epsilonOf(resnetNorms[0]),
    conv_in_kernel: kernel(convs[0]),
    conv_out_kernel: kernel(convs.at(-1)),
    downsample_padding: (halving && intsAttribute(halving.attributes, "pads")?.[0]) ?? 1,
    ...timeEmbedding(facts),
    ...addedConditioning(facts),
    sample_size: 64,
  };
  return parseUNetConfig(config, `${file} (derived config)`);
}

/** One resolution of a U-Net. */
interface Level {
  readonly width: number;
  readonly layers: number;
  /** Residual blocks on the way down, of the innermost level those of the middle block too. */
  readonly downResnets: number;
  readonly downTransformers: number;
  readonly upTransformers: number;
  /** Undefined for a level without attention. */
  readonly heads: number | undefined;
  readonly depth: number;
}

function levelAt(height: number, facts: GraphFacts, joined: ReadonlySet<Node>, isOutermost: boolean): Level {
  const norms = facts.of("GroupNormalization").filter((node) => facts.height(node) === height);
  const [up, down] = [norms.filter((node) => joined.has(node)), norms.filter((node) => !joined.has(node))];
  const activated = (list: readonly Node[]) => list.filter(facts.isActivated);
  // The norm before the last convolution belongs to no block.
  const upNorms = activated(up).length - (isOutermost ? 1 : 0);
  const [downTransformers, upTransformers] = [down, up].map(
    (list) => list.length - activated(list).length,
  ) as [number, number];
  const width = facts.channels(activated(down).at(-1)!);
  const attentions = facts.of("Attention").filter((node) => {
    const [, tokens, channels] = facts.shape(node.inputs[0]);
    return channels === width && tokens === height * widthOf(height, facts);
  });
  const transformers = downTransformers + upTransformers;
  return {
    width,
    layers: upNorms / 2 - 1,
    downResnets: activated(down).length / 2,
    downTransformers,
    upTransformers,
    heads: attentions[0] && numberAttribute(attentions[0].attributes, "q_num_heads", 1),
    // Each transformer block has two attentions.
    depth: transformers === 0 ? 1 : attentions.length / 2 / transformers,
  };
}

function widthOf(height: number, facts: GraphFacts): number {
  const norm = facts.of("GroupNormalization").find((node) => facts.height(node) === height);
  return facts.shape(norm?.outputs[0])[3] ?? 0;
}

/** The nodes after a Concat of images along their channels: those of the way up. */
function afterJoins({ nodes, index, shape }: GraphFacts): ReadonlySet<Node> {
  const joined = new Set<Node>();
  for (const node of nodes) {
    const isJoin =
      node.op === "Concat" &&
      numberAttribute(node.attributes, "axis", 0) === 1 &&
      shape(node.outputs[0]).length === 4;
    const follows = node.inputs.some((input) => {
      const source = index.producer(input);
      return source !== undefined && joined.has(source);
    });
    if (isJoin || follows) joined.add(node);
  }
  return joined;
}

/** Tells whether transformers project tokens by linear layers, and not images by convolutions. */
function isLinear({ index, isActivated }: GraphFacts, norms: readonly Node[]): boolean {
  const norm = norms.find((node) => !isActivated(node));
  return norm !== undefined && index.consumers(norm.outputs[0]!).every(({ op }) => op !== "Conv");
}

/** The order of sines and cosines, and the shift of their frequencies. */
function timeEmbedding({ of, index }: GraphFacts): Pick<UNetConfig, "flip_sin_to_cos" | "freq_shift"> {
  const sine = of("Sin")[0];
  const angles = index.producer(sine?.inputs[0] ?? "");
  const frequencies = angles?.inputs.map((input) => index.constant(input)).find((numbers) => numbers) ?? [];
  const join = index.consumers(sine?.outputs[0] ?? "").find(({ op }) => op === "Concat");
  const [first = 1, second = 1] = frequencies;
  const steps = second === first ? frequencies.length : -Math.log(MAX_PERIOD) / Math.log(second / first);
  return {
    flip_sin_to_cos: join?.inputs[0] !== sine?.outputs[0],
    freq_shift: Math.min(1, Math.max(0, Math.round(frequencies.length - steps))),
  };
}

/** The pooled text and the sizes of Stable Diffusion XL. */
function addedConditioning({ model, of, shape }: GraphFacts): Partial<UNetConfig> {
  const added = model.graph.inputs.filter((input) => input.shape?.length === 2);
  const pooled = added.find((input) => input.shape?.[1] !== SIZE_NUMBERS);
  const sine = of("Sin").find(({ outputs }) => shape(outputs[0])[0] === SIZE_NUMBERS);
  if (added.length !== 2 || !pooled || !sine) return {};
  const width = 2 * shape(sine.outputs[0])[1]!;
  return {
    addition_embed_type: "text_time",
    addition_time_embed_dim: width,
    projection_class_embeddings_input_dim: shape(pooled.name)[1]! + SIZE_NUMBERS * width,
  };
}

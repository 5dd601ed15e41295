import type { ClipTextConfig, Component } from "@sunstep/checkpoint";
import { int, type Model, type Value } from "@sunstep/onnx-graph";
import { attention, transformersProjections } from "../attention.js";
import { Layers } from "../layers.js";

export interface TextEncoderOptions extends Component<ClipTextConfig> {
  readonly batch: number;
  /** Tokens per prompt, at most `max_position_embeddings`; 77 by default. */
  readonly tokens?: number;
  /** Layers left out at the end: 0 takes the last state, 1 the one before it. */
  readonly clipSkip?: number;
  /** Applies the final norm to that state; true by default. Stable Diffusion XL takes states without it. */
  readonly finalNorm?: boolean;
  /** Adds the states before the first layer and after each, without the final norm. */
  readonly hiddenStates?: boolean;
  /** Adds the state of the end-of-text token, after all layers and the final norm. */
  readonly pooled?: boolean;
  /** Adds its projection (CLIPTextModelWithProjection). */
  readonly textEmbeds?: boolean;
}

/** The wrong `eos_token_id` in configs older than transformers 4.31 (transformers PR 24773). */
const LEGACY_EOS_TOKEN_ID = 2;
/** The end token of CLIP's vocabulary: its last one, unless training added tokens. */
const CLIP_EOS_TOKEN_ID = 49_407;

/**
 * CLIP's and OpenCLIP's text transformer (transformers models/clip/modeling_clip.py, CLIPTextTransformer).
 *
 * Input: `input_ids` int64 [batch, tokens]. Outputs, float32: `last_hidden_state` [batch, tokens, hidden_size];
 * `hidden_states.N` of the same shape, if asked for; `pooler_output` [batch, hidden_size] and `text_embeds`
 * [batch, projection_dim], if asked for.
 */
export function buildTextEncoder(options: TextEncoderOptions): Model {
  const { config, weights, batch, tokens = config.max_position_embeddings, clipSkip = 0 } = options;
  const network = Layers.of("text_encoder", weights);
  const { graph } = network;
  const ids = graph.input("input_ids", "int64", [batch, tokens]);
  const { hiddenStates = false, pooled = false, textEmbeds = false, finalNorm = true } = options;
  const needsAll = hiddenStates || pooled || textEmbeds;
  const skipped = config.num_hidden_layers - clipSkip;

  network.module("text_model", (model) => {
    const states: Value[] = [model.module("embeddings", (m) => embeddings(m, ids))];
    const layerCount = needsAll ? config.num_hidden_layers : skipped;
    for (let i = 0; i < layerCount; i++)
      states.push(model.module(`encoder.layers.${i}`, (m) => encoderLayer(m, states[i]!, config)));

    const normed = (state: Value) => model.layerNorm("final_layer_norm", state, config.layer_norm_eps);
    const state = states[skipped]!;
    const last = finalNorm ? normed(state) : state;
    graph.output("last_hidden_state", last);
    if (hiddenStates) for (const [i, each] of states.entries()) graph.output(`hidden_states.${i}`, each);
    if (!pooled && !textEmbeds) return;
    const unskipped = finalNorm && clipSkip === 0 ? last : normed(states.at(-1)!);
    const atEnd = network.module("pooler", (m) => pooledState(m, unskipped, ids, config));
    if (pooled) graph.output("pooler_output", atEnd);
    if (textEmbeds) graph.output("text_embeds", network.linear("text_projection", atEnd));
  });
  return graph.build();
}

function embeddings(layers: Layers, ids: Value): Value {
  const { graph } = layers;
  const tokenTable = layers.stored("token_embedding.weight");
  const positionTable = layers.weight("position_embedding.weight");
  const tokens = layers.op("Gather", [tokenTable, ids], { axis: int(0) });
  const length = ids.shape[1]!;
  const positions = layers.op("Slice", [
    positionTable,
    graph.ints([0]),
    graph.ints([length]),
    graph.ints([0]),
  ]);
  return layers.add(layers.float32(tokens), positions);
}

function encoderLayer(layers: Layers, x: Value, config: ClipTextConfig): Value {
  const norm1 = layers.layerNorm("layer_norm1", x, config.layer_norm_eps);
  const attended = layers.module("self_attn", (m) =>
    attention(m, norm1, {
      heads: config.num_attention_heads,
      causal: true,
      names: transformersProjections,
    }),
  );
  const hidden = layers.add(x, attended);
  const norm2 = layers.layerNorm("layer_norm2", hidden, config.layer_norm_eps);
  return layers.add(
    hidden,
    layers.module("mlp", (m) => feedForward(m, norm2, config)),
  );
}

function feedForward(layers: Layers, x: Value, { hidden_act }: ClipTextConfig): Value {
  const hidden = layers.linear("fc1", x);
  return layers.linear("fc2", hidden_act === "gelu" ? layers.gelu(hidden) : layers.quickGelu(hidden));
}

/** The final state of each prompt's first end-of-text token. */
function pooledState(layers: Layers, last: Value, ids: Value, config: ClipTextConfig): Value {
  const isEnd = layers.op("Equal", [ids, layers.graph.ints([endToken(config)])]);
  const position = layers.op("ArgMax", [layers.op("Cast", [isEnd], { to: int(6) })], {
    axis: int(1),
    keepdims: int(1),
  });
  return layers.op("GatherND", [last, position], { batch_dims: int(1) });
}

function endToken({ eos_token_id, vocab_size }: ClipTextConfig): number {
  return eos_token_id === LEGACY_EOS_TOKEN_ID ? Math.min(CLIP_EOS_TOKEN_ID, vocab_size - 1) : eos_token_id;
}

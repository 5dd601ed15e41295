import type { ClipTextConfig, Component } from "@sunstep/checkpoint";
import { int, type Model, string, type Value } from "@sunstep/onnx-graph";
import { attention, transformersProjections } from "../attention.js";
import { Layers } from "../layers.js";

export interface TextEncoderOptions extends Component<ClipTextConfig> {
  readonly batch: number;
  /** Tokens per prompt, at most `max_position_embeddings`; 77 by default. */
  readonly tokens?: number;
  /** Layers to leave out at the end: 0 takes the last, 1 the one before it. The final norm is applied to either. */
  readonly clipSkip?: number;
  /** Also give the states before the first layer and after each, without the final norm. */
  readonly hiddenStates?: boolean;
  /** Also give the state of the end-of-text token. */
  readonly pooled?: boolean;
}

/** The value of `eos_token_id` in configs older than transformers 4.31, where it was wrong (transformers PR 24773). */
const LEGACY_EOS_TOKEN_ID = 2;

/**
 * CLIP's and OpenCLIP's text transformer (transformers models/clip/modeling_clip.py, CLIPTextTransformer).
 *
 * Input: `input_ids` int64 [batch, tokens]. Outputs, float32: `last_hidden_state` [batch, tokens, hidden_size];
 * `hidden_states.N` of the same shape, if asked for; `pooler_output` [batch, hidden_size], if asked for.
 */
export function buildTextEncoder(options: TextEncoderOptions): Model {
  const { config, weights, batch, tokens = config.max_position_embeddings, clipSkip = 0 } = options;
  const layers = new Layers("text_encoder", weights);
  const { graph } = layers;
  const prefix = layers.has("text_model.embeddings.token_embedding.weight") ? "text_model." : "";
  const ids = graph.input("input_ids", "int64", [batch, tokens]);

  const states: Value[] = [embeddings(layers, `${prefix}embeddings`, ids)];
  const wanted =
    options.hiddenStates || options.pooled ? config.num_hidden_layers : config.num_hidden_layers - clipSkip;
  for (let i = 0; i < wanted; i++)
    states.push(encoderLayer(layers, `${prefix}encoder.layers.${i}`, states[i]!, config));

  const finalNorm = (state: Value) =>
    layers.layerNorm(`${prefix}final_layer_norm`, state, config.layer_norm_eps);
  const last = finalNorm(states[config.num_hidden_layers - clipSkip]!);
  graph.output("last_hidden_state", last);
  if (options.hiddenStates)
    for (const [i, state] of states.entries()) graph.output(`hidden_states.${i}`, state);
  if (options.pooled) {
    const unskipped = clipSkip === 0 ? last : finalNorm(states.at(-1)!);
    graph.output("pooler_output", pooledState(layers, unskipped, ids, config));
  }
  return graph.build();
}

function embeddings(layers: Layers, module: string, ids: Value): Value {
  const { graph } = layers;
  const tokenTable = layers.stored(`${module}.token_embedding.weight`);
  const positionTable = layers.weight(`${module}.position_embedding.weight`);
  const tokenStates = graph.scope(`${module}.token_embedding`, () =>
    graph.op("Gather", [tokenTable, ids], { axis: int(0) }),
  );
  const length = ids.shape[1]!;
  const positions = graph.scope(`${module}.position_embedding`, () =>
    graph.op("Slice", [positionTable, graph.ints([0]), graph.ints([length]), graph.ints([0])]),
  );
  return layers.add(module, layers.float32(tokenStates, `${module}.token_embedding`), positions);
}

function encoderLayer(layers: Layers, module: string, x: Value, config: ClipTextConfig): Value {
  const epsilon = config.layer_norm_eps;
  const norm1 = layers.layerNorm(`${module}.layer_norm1`, x, epsilon);
  const attended = attention(
    layers,
    `${module}.self_attn`,
    transformersProjections(`${module}.self_attn`),
    norm1,
    norm1,
    {
      heads: config.num_attention_heads,
      causal: true,
    },
  );
  const afterAttention = layers.add(`${module}.self_attn.residual`, x, attended);
  const norm2 = layers.layerNorm(`${module}.layer_norm2`, afterAttention, epsilon);
  const hidden = activation(
    layers,
    `${module}.mlp`,
    layers.linear(`${module}.mlp.fc1`, norm2),
    config.hidden_act,
  );
  return layers.add(`${module}.mlp.residual`, afterAttention, layers.linear(`${module}.mlp.fc2`, hidden));
}

function activation(layers: Layers, module: string, x: Value, name: ClipTextConfig["hidden_act"]): Value {
  if (name === "quick_gelu") return layers.quickGelu(module, x);
  return layers.graph.scope(module, () => layers.graph.op("Gelu", [x], { approximate: string("none") }));
}

/** The final state of each prompt's end-of-text token: its first one, or where ids are largest in legacy configs. */
function pooledState(layers: Layers, last: Value, ids: Value, config: ClipTextConfig): Value {
  const { graph } = layers;
  return graph.scope("pooler", () => {
    const legacy = config.eos_token_id === LEGACY_EOS_TOKEN_ID;
    const marked = legacy
      ? ids
      : graph.op("Cast", [graph.op("Equal", [ids, graph.ints([config.eos_token_id])])], { to: int(6) });
    const position = graph.op("ArgMax", [marked], { axis: int(1), keepdims: int(1) });
    return graph.op("GatherND", [last, position], { batch_dims: int(1) });
  });
}

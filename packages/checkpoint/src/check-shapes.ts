// A config of one model beside the weights of another is found before a graph is built from them.

import type { ComponentConfigs, ComponentKind } from "./checkpoint.js";
import { checkpointError } from "./errors.js";
import type { Weights } from "./weights.js";

type Expected = readonly [weight: string, shape: readonly number[]];

const anchors: { readonly [K in ComponentKind]: (config: ComponentConfigs[K]) => readonly Expected[] } = {
  unet: (config) => {
    const channels = config.block_out_channels;
    const [first = 0] = channels;
    return [
      ["conv_in.weight", [first, config.in_channels, config.conv_in_kernel, config.conv_in_kernel]],
      ["time_embedding.linear_1.weight", [4 * first, first]],
      ["conv_out.weight", [config.out_channels, first, config.conv_out_kernel, config.conv_out_kernel]],
      ...channels.flatMap((width, i): Expected[] => [
        [`down_blocks.${i}.resnets.0.conv1.weight`, [width, channels[i - 1] ?? first, 3, 3]],
        ...(config.down_block_types[i] === "CrossAttnDownBlock2D"
          ? [crossAttention(`down_blocks.${i}.attentions.0`, width, config.cross_attention_dim)]
          : []),
      ]),
    ];
  },
  textEncoder: (config) => [
    ["text_model.embeddings.token_embedding.weight", [config.vocab_size, config.hidden_size]],
    ["text_model.embeddings.position_embedding.weight", [config.max_position_embeddings, config.hidden_size]],
    [
      `text_model.encoder.layers.${config.num_hidden_layers - 1}.mlp.fc1.weight`,
      [config.intermediate_size, config.hidden_size],
    ],
  ],
  vae: (config) => {
    const channels = config.block_out_channels;
    return [
      ["encoder.conv_in.weight", [channels[0]!, config.in_channels, 3, 3]],
      ["decoder.conv_in.weight", [channels.at(-1)!, config.latent_channels, 3, 3]],
      ["decoder.conv_out.weight", [config.out_channels, channels[0]!, 3, 3]],
    ];
  },
  taesd: (config) => [
    ["encoder.layers.0.weight", [config.encoder_block_out_channels[0]!, config.in_channels, 3, 3]],
    ["decoder.layers.0.weight", [config.decoder_block_out_channels[0]!, config.latent_channels, 3, 3]],
  ],
};

const crossAttention = (module: string, width: number, context: number): Expected => [
  `${module}.transformer_blocks.0.attn2.to_k.weight`,
  [width, context],
];

/** Throws `CHECKPOINT_WEIGHT_SHAPE` or `CHECKPOINT_WEIGHT_MISSING` where weights do not go with the config. */
export function checkShapes<K extends ComponentKind>(
  kind: K,
  config: ComponentConfigs[K],
  weights: Weights,
): void {
  for (const [name, expected] of anchors[kind](config)) {
    const { shape, source } = weights.get(name);
    if (shape.length === expected.length && shape.every((size, i) => size === expected[i])) continue;
    throw checkpointError(
      "CHECKPOINT_WEIGHT_SHAPE",
      `${source.name}: weight ${name} is [${shape}], the config asks for [${expected}]. The config is another model's`,
      { file: source.name, weight: name, shape, expected },
    );
  }
}

import type { UNetConfig, WeightRef, Weights } from "@sunstep/checkpoint";

/** Weights that exist by shape only, and remember which were asked for. */
export function recordedWeights(shapes: ReadonlyMap<string, readonly number[]>): Weights & { readonly read: Set<string> } {
  const read = new Set<string>();
  const source = { name: "shapes", size: 0, read: () => Promise.reject(new Error("weights are never read")) };
  return {
    read,
    has: (name) => shapes.has(name),
    names: () => [...shapes.keys()],
    get(name): WeightRef {
      const shape = shapes.get(name);
      if (!shape) throw new Error(`no weight ${name}`);
      read.add(name);
      return { name, dtype: "float16", shape, source, offset: 0, length: 2 * shape.reduce((a, b) => a * b, 1) };
    },
  };
}

/** SD1.5's config, as diffusers writes it. */
export const sd15Config: UNetConfig = {
  in_channels: 4,
  out_channels: 4,
  block_out_channels: [320, 640, 1280, 1280],
  down_block_types: ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
  up_block_types: ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
  mid_block_type: "UNetMidBlock2DCrossAttn",
  layers_per_block: 2,
  transformer_layers_per_block: 1,
  cross_attention_dim: 768,
  attention_head_dim: 8,
  num_attention_heads: null,
  use_linear_projection: false,
  norm_num_groups: 32,
  norm_eps: 1e-5,
  conv_in_kernel: 3,
  conv_out_kernel: 3,
  downsample_padding: 1,
  flip_sin_to_cos: true,
  freq_shift: 0,
  sample_size: 64,
};

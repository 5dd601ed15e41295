/** diffusers' config.json of a UNet2DConditionModel, as it is. Lists have one entry per block, from the outside in. */
export interface UNetConfig {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly block_out_channels: readonly number[];
  readonly down_block_types: readonly ("CrossAttnDownBlock2D" | "DownBlock2D")[];
  readonly up_block_types: readonly ("CrossAttnUpBlock2D" | "UpBlock2D")[];
  /** "UNetMidBlock2D" is a single residual block (SSD-1B, Segmind-Vega). */
  readonly mid_block_type: "UNetMidBlock2DCrossAttn" | "UNetMidBlock2D" | null;
  readonly layers_per_block: number | readonly number[];
  /** Depths of transformers; a block's own list has one for each of its layers. */
  readonly transformer_layers_per_block: number | readonly TransformerDepths[];
  /** Depths on the way up, from the inside out, where they are not those of the way down. */
  readonly reverse_transformer_layers_per_block: readonly TransformerDepths[] | null;
  /** Blocks whose first attention reads the prompt too. */
  readonly only_cross_attention: boolean | readonly boolean[];
  readonly cross_attention_dim: number;
  /** The number of heads, in spite of its name (diffusers issue 2011). */
  readonly attention_head_dim: number | readonly number[];
  readonly num_attention_heads: number | readonly number[] | null;
  readonly use_linear_projection: boolean;
  readonly norm_num_groups: number;
  readonly norm_eps: number;
  readonly conv_in_kernel: number;
  readonly conv_out_kernel: number;
  readonly downsample_padding: number;
  readonly flip_sin_to_cos: boolean;
  readonly freq_shift: number;
  readonly sample_size: number | readonly number[] | null;
  /** Moves the sample from 0..1 to -1..1. */
  readonly center_input_sample: boolean;
  /** "text_time": a pooled text and sizes are added to the time embedding (Stable Diffusion XL). */
  readonly addition_embed_type: "text_time" | null;
  /** Width of the embedding of each size. */
  readonly addition_time_embed_dim: number | null;
  /** Width of the pooled text and the embedded sizes together. */
  readonly projection_class_embeddings_input_dim: number | null;
  /** Width of the embedded guidance scale, an input of latent consistency models (LCM, arXiv 2310.04378). */
  readonly time_cond_proj_dim: number | null;
}

/** The depth of a block's transformers: one for all, or one for each layer. */
export type TransformerDepths = number | readonly number[];

import { fields } from "@sunstep/errors";
import type { JsonObject } from "../json.js";
import { type ConfigRules, checkClass, checkConfig, checkDivides, unwrapTextConfig } from "./fields.js";

/** transformers' config.json of a CLIPTextModel, as it is. */
export interface ClipTextConfig {
  /** Names CLIPTextModelWithProjection where the pooled state is projected (Stable Diffusion XL's second encoder). */
  readonly architectures?: readonly string[];
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly max_position_embeddings: number;
  readonly hidden_act: "quick_gelu" | "gelu";
  readonly layer_norm_eps: number;
  readonly projection_dim: number;
  readonly eos_token_id: number;
}

const rules: ConfigRules<Omit<ClipTextConfig, "architectures">> = {
  vocab_size: { field: fields.integer(1, 10_000_000), missing: 49_408 },
  hidden_size: { field: fields.integer(1, 16_384), missing: 512 },
  intermediate_size: { field: fields.integer(1, 65_536), missing: 2048 },
  num_hidden_layers: { field: fields.integer(1, 256), missing: 12 },
  num_attention_heads: { field: fields.integer(1, 1024), missing: 8 },
  max_position_embeddings: { field: fields.integer(1, 65_536), missing: 77 },
  hidden_act: { field: fields.oneOf("quick_gelu", "gelu"), missing: "quick_gelu" },
  layer_norm_eps: { field: fields.number(), missing: 1e-5 },
  projection_dim: { field: fields.integer(1, 16_384), missing: 512 },
  eos_token_id: { field: fields.integer(0, 10_000_000), missing: 49_407 },
};

export const WITH_PROJECTION = "CLIPTextModelWithProjection";

/**
 * Checks a text encoder's config and fills in transformers' defaults; one inside a whole CLIP model's is taken out.
 * @throws SunstepError CHECKPOINT_CONFIG, CHECKPOINT_UNSUPPORTED
 */
export function parseClipTextConfig(json: JsonObject, file = "text_encoder/config.json"): ClipTextConfig {
  checkClass(json, "architectures", ["CLIPTextModel", WITH_PROJECTION, "CLIPModel"], file);
  const config: ClipTextConfig = checkConfig(unwrapTextConfig(json), rules, file);
  checkDivides(
    config.num_attention_heads,
    [config.hidden_size],
    ["num_attention_heads", "hidden_size"],
    file,
  );
  return config;
}

/** Tells whether a text encoder projects its pooled state. */
export function hasTextProjection({ architectures }: ClipTextConfig): boolean {
  return architectures?.includes(WITH_PROJECTION) ?? false;
}

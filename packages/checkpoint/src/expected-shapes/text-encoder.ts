import { type ClipTextConfig, hasTextProjection } from "../config/clip-text.js";
import { collector, linear, norm, type Shapes } from "./shapes.js";

/** The weights of transformers' CLIPTextModel, or CLIPTextModelWithProjection. */
export function textEncoderShapes(config: ClipTextConfig): Shapes {
  const width = config.hidden_size;
  const { all, add } = collector();
  add({
    "text_model.embeddings.token_embedding.weight": [config.vocab_size, width],
    "text_model.embeddings.position_embedding.weight": [config.max_position_embeddings, width],
  });
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const layer = `text_model.encoder.layers.${i}`;
    add(norm(`${layer}.layer_norm1`, width), norm(`${layer}.layer_norm2`, width));
    for (const projection of ["q_proj", "k_proj", "v_proj", "out_proj"])
      add(linear(`${layer}.self_attn.${projection}`, width, width));
    add(
      linear(`${layer}.mlp.fc1`, width, config.intermediate_size),
      linear(`${layer}.mlp.fc2`, config.intermediate_size, width),
    );
  }
  add(norm("text_model.final_layer_norm", width));
  if (hasTextProjection(config)) add({ "text_projection.weight": [config.projection_dim, width] });
  return all;
}

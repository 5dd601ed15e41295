// OpenCLIP's text transformer (mlfoundations/open_clip, transformer.py), which SD 2.x and XL files hold. Queries, keys and
// values are stored stacked; the text projection is stored as [width, projection], a linear layer's transpose.

import type { WeightView } from "../collect-weights.js";
import type { TensorEntry } from "../safetensors/header.js";

const parts = ["q_proj", "k_proj", "v_proj"];

const layerModules: Readonly<Record<string, string>> = {
  ln_1: "layer_norm1",
  ln_2: "layer_norm2",
  "attn.out_proj": "self_attn.out_proj",
  "mlp.c_fc": "mlp.fc1",
  "mlp.c_proj": "mlp.fc2",
};

const singles: Readonly<Record<string, string>> = {
  "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
  positional_embedding: "text_model.embeddings.position_embedding.weight",
  "ln_final.weight": "text_model.final_layer_norm.weight",
  "ln_final.bias": "text_model.final_layer_norm.bias",
  // As a linear layer has it: merged files.
  "text_projection.weight": "text_projection.weight",
};

/** The other parts of a whole OpenCLIP model, and buffers that are constants. */
const NOT_TEXT = /^(visual\.|logit_scale$|attn_mask$)/;

/** Returns the canonical weights in a tensor of OpenCLIP, named without prefix, of a text encoder of so many layers. */
export function openClipViews(
  { name, shape }: TensorEntry,
  layers: number,
): readonly WeightView[] | undefined {
  const single = Object.hasOwn(singles, name) ? singles[name] : undefined;
  if (single) return [{ name: single }];
  if (name === "text_projection")
    return [{ name: "text_projection.weight", shape: shape.toReversed(), transposed: true }];
  const found = /^transformer\.resblocks\.(\d+)\.(.+)$/.exec(name);
  if (!found) return NOT_TEXT.test(name) ? [] : undefined;
  if (Number(found[1]) >= layers) return [];
  const layer = `text_model.encoder.layers.${Number(found[1])}`;
  const parameter = found[2]!;
  const stacked = /^attn\.in_proj_(weight|bias)$/.exec(parameter);
  if (stacked) {
    return parts.map((part, index) => ({
      name: `${layer}.self_attn.${part}.${stacked[1]}`,
      part: { index, of: parts.length },
    }));
  }
  const dot = parameter.lastIndexOf(".");
  const module = parameter.slice(0, dot);
  return Object.hasOwn(layerModules, module)
    ? [{ name: `${layer}.${layerModules[module]}${parameter.slice(dot)}` }]
    : undefined;
}

// Cuts the repository's share of LyCORIS out of the second reference set: a layer or two of each kind, the changes that it
// makes to their weights, and those weights.
// node tooling/reference/cut/lycoris.mjs REFERENCE2_DIR

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addCases, casesOf } from "./case-index.mjs";
import { cutSafetensors } from "./safetensors.mjs";

const source = process.argv[2];
if (!source) throw new Error("usage: lycoris.mjs REFERENCE2_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));
mkdirSync(join(target, "lycoris"), { recursive: true });

const linear = "unet.up_blocks.1.attentions.1.transformer_blocks.0.attn2.to_out.0";
const small = "unet.down_blocks.1.attentions.0.proj_in";
const convolution = "unet.down_blocks.1.resnets.1.conv1";
const text = "text_encoder.text_model.encoder.layers.0.self_attn.q_proj";
const norms = ["unet.down_blocks.0.resnets.0.norm1", "text_encoder.text_model.encoder.layers.0.layer_norm1"];

/** The layers of each kind. Convolutions are large, and are kept where the form is another one for them. */
const kept = {
  alpha_0d: [linear],
  alpha_1d: [linear],
  alpha_absent: [linear],
  dora: [linear, small],
  dora_in: [text],
  dora_peft: [linear, small],
  full: [linear, text],
  loha: [text],
  loha_dora: [linear],
  loha_tucker: [convolution],
  lokr: [linear],
  lokr_both: [text],
  lokr_full: [linear, small],
  lokr_tucker: [convolution],
  norm: norms,
};

/** A layer as kohya's files spell it. */
const kohya = (layer) =>
  layer
    .replace(/^unet\./, "lora_unet_")
    .replace(/^text_encoder\./, "lora_te_")
    .replaceAll(".", "_");
const startsWith = (layers) => (name) => layers.some((layer) => name.startsWith(`${layer}.`));

for (const [kind, layers] of Object.entries(kept)) {
  const spelled = [...layers, ...layers.map(kohya)];
  for (const file of [`lycoris/${kind}.safetensors`, `lycoris/${kind}_deltas.safetensors`])
    cutSafetensors(join(source, file), join(target, file), startsWith(spelled));
}
const all = Object.values(kept).flat();
for (const [network, file] of [
  ["unet", "diffusion_pytorch_model.safetensors"],
  ["text_encoder", "model.safetensors"],
]) {
  const own = all
    .filter((layer) => layer.startsWith(`${network}.`))
    .map((layer) => layer.slice(network.length + 1));
  cutSafetensors(
    join(source, "tiny-sd15", network, file),
    join(target, `lycoris/${network}.safetensors`),
    startsWith(own),
  );
}
addCases(
  target,
  casesOf(source, "lycoris")
    .filter(({ group, deltas }) => deltas !== undefined && group.slice("lycoris/".length) in kept)
    .map(({ id, group, kind, lora, scale, deltas, deltasAtol }) => ({
      id,
      group,
      kind,
      weights: { unet: "lycoris/unet.safetensors", text_encoder: "lycoris/text_encoder.safetensors" },
      lora,
      scale,
      deltas,
      deltasAtol,
    })),
);

// Names of the original layout, written down a second time for the tests and the other way round: canonical to
// original, for models of two layers a block.

const resnet: Readonly<Record<string, string>> = {
  norm1: "in_layers.0",
  conv1: "in_layers.2",
  time_emb_proj: "emb_layers.1",
  norm2: "out_layers.0",
  conv2: "out_layers.3",
  conv_shortcut: "skip_connection",
};

const top: Readonly<Record<string, string>> = {
  "time_embedding.linear_1": "time_embed.0",
  "time_embedding.linear_2": "time_embed.2",
  conv_in: "input_blocks.0.0",
  conv_norm_out: "out.0",
  conv_out: "out.2",
  "add_embedding.linear_1": "label_emb.0.0",
  "add_embedding.linear_2": "label_emb.0.2",
};

/** `plainUp`: the up block without attentions. */
export function toLdmUNet(name: string, plainUp = 0): string {
  for (const [canonical, ldm] of Object.entries(top))
    if (name.startsWith(`${canonical}.`)) return ldm + name.slice(canonical.length);
  const mid = /^mid_block\.(resnets|attentions)\.(\d)\.(.*)$/.exec(name);
  if (mid)
    return `middle_block.${mid[1] === "attentions" ? 1 : 2 * Number(mid[2])}.${inner(mid[1]!, mid[3]!)}`;
  const [, side, block, kind, layer, rest = ""] =
    /^(down|up)_blocks\.(\d)\.(resnets|attentions|downsamplers|upsamplers)\.(\d)\.(.*)$/.exec(name)!;
  const i = Number(block);
  if (kind === "downsamplers") return `input_blocks.${3 * (i + 1)}.0.${rest.replace("conv", "op")}`;
  if (kind === "upsamplers") return `output_blocks.${3 * i + 2}.${i === plainUp ? 1 : 2}.${rest}`;
  const number = 3 * i + Number(layer);
  const outer = side === "down" ? `input_blocks.${number + 1}` : `output_blocks.${number}`;
  return `${outer}.${kind === "attentions" ? 1 : 0}.${inner(kind!, rest)}`;
}

function inner(kind: string, rest: string): string {
  if (kind === "attentions") return rest;
  const dot = rest.lastIndexOf(".");
  return resnet[rest.slice(0, dot)]! + rest.slice(dot);
}

export function toLdmVae(name: string): string {
  return name
    .replace("conv_norm_out", "norm_out")
    .replace("conv_shortcut", "nin_shortcut")
    .replace(/mid_block\.resnets\.(\d)/, (_, i) => `mid.block_${Number(i) + 1}`)
    .replace("mid_block.attentions.0", "mid.attn_1")
    .replace("group_norm", "norm")
    .replace(/attn_1\.to_([qkv])/, "attn_1.$1")
    .replace("to_out.0", "proj_out")
    .replace(/down_blocks\.(\d)\.resnets/, "down.$1.block")
    .replace(/down_blocks\.(\d)\.downsamplers\.0/, "down.$1.downsample")
    .replace(/up_blocks\.(\d)\.resnets/, (_, i) => `up.${3 - Number(i)}.block`)
    .replace(/up_blocks\.(\d)\.upsamplers\.0/, (_, i) => `up.${3 - Number(i)}.upsample`);
}

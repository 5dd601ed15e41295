// The original code (CompVis/stable-diffusion, ldm/modules/diffusionmodules/openaimodel.py) numbers the blocks of a U-Net
// consecutively; diffusers groups them by resolution.

import { checkLayout, type ModulePair, within } from "./module-names.js";

export interface UNetLayout {
  /** Resolutions. */
  readonly blocks: number;
  /** Layers of a down block; an up block has one more. */
  readonly layers: number;
  /** Tells whether an up block has attentions, which come before its upsampler. */
  readonly upAttention: (block: number) => boolean;
}

const top: readonly ModulePair[] = [
  ["time_embed.0", "time_embedding.linear_1"],
  ["time_embed.2", "time_embedding.linear_2"],
  ["time_embed.cond_proj", "time_embedding.cond_proj"],
  ["label_emb.0.0", "add_embedding.linear_1"],
  ["label_emb.0.2", "add_embedding.linear_2"],
  ["input_blocks.0.0", "conv_in"],
  ["out.0", "conv_norm_out"],
  ["out.2", "conv_out"],
  ["middle_block.1", "mid_block.attentions.0"],
];

const resnet: readonly ModulePair[] = [
  ["in_layers.0", "norm1"],
  ["in_layers.2", "conv1"],
  ["emb_layers.1", "time_emb_proj"],
  ["out_layers.0", "norm2"],
  ["out_layers.3", "conv2"],
  ["skip_connection", "conv_shortcut"],
];

/**
 * Pairs the names of every block of a U-Net of this layout; names inside attentions are the same in both.
 * @throws SunstepError CHECKPOINT_UNSUPPORTED
 */
export function unetModules({ blocks, layers, upAttention }: UNetLayout): ModulePair[] {
  checkLayout("U-Net", blocks, layers);
  const pairs: ModulePair[] = [
    ...top,
    ...within(["middle_block.0", "mid_block.resnets.0"], resnet),
    ...within(["middle_block.2", "mid_block.resnets.1"], resnet),
  ];
  for (let block = 0; block < blocks; block++) {
    for (let layer = 0; layer < layers; layer++) {
      const input = `input_blocks.${1 + block * (layers + 1) + layer}`;
      pairs.push(...within([`${input}.0`, `down_blocks.${block}.resnets.${layer}`], resnet));
      pairs.push([`${input}.1`, `down_blocks.${block}.attentions.${layer}`]);
    }
    pairs.push([
      `input_blocks.${(block + 1) * (layers + 1)}.0.op`,
      `down_blocks.${block}.downsamplers.0.conv`,
    ]);
    for (let layer = 0; layer <= layers; layer++) {
      const output = `output_blocks.${block * (layers + 1) + layer}`;
      pairs.push(...within([`${output}.0`, `up_blocks.${block}.resnets.${layer}`], resnet));
      if (upAttention(block)) pairs.push([`${output}.1`, `up_blocks.${block}.attentions.${layer}`]);
    }
    const last = `output_blocks.${block * (layers + 1) + layers}`;
    pairs.push([`${last}.${upAttention(block) ? 2 : 1}.conv`, `up_blocks.${block}.upsamplers.0.conv`]);
  }
  return pairs;
}

/** Reads the layout of a U-Net in the original naming from the names of its parameters. */
export function ldmUNetLayout(names: ReadonlySet<string>): UNetLayout {
  const inputs = numbersAfter(names, "input_blocks");
  const downsamplers = inputs.filter((i) => names.has(`input_blocks.${i}.0.op.weight`));
  const layers = (downsamplers[0] ?? inputs.length) - 1;
  return {
    blocks: downsamplers.length + 1,
    layers,
    upAttention: (block) => names.has(`output_blocks.${block * (layers + 1)}.1.proj_in.weight`),
  };
}

/** Reads the layout of a U-Net in diffusers' naming. */
export function diffusersUNetLayout(names: ReadonlySet<string>): UNetLayout {
  const count = (prefix: string) => numbersAfter(names, prefix).length;
  return {
    blocks: count("down_blocks"),
    layers: count("down_blocks.0.resnets"),
    upAttention: (block) => names.has(`up_blocks.${block}.attentions.0.proj_in.weight`),
  };
}

/** Returns the numbers that follow `prefix.` in any of the names, in order. */
export function numbersAfter(names: Iterable<string>, prefix: string): number[] {
  const found = new Set<number>();
  for (const name of names) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const number = Number.parseInt(name.slice(prefix.length + 1), 10);
    if (Number.isSafeInteger(number)) found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

// Names and shapes of the U-Nets of Stable Diffusion 1.5 and 2.1, in diffusers' naming.

const WIDTHS = [320, 640, 1280, 1280] as const;
const TIME = 4 * WIDTHS[0];
const LAYERS = 2;

export interface PublishedUNet {
  readonly contextWidth: number;
  readonly linearProjection: boolean;
}

export function publishedUNet({
  contextWidth,
  linearProjection,
}: PublishedUNet): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const layer = (name: string, shape: readonly number[], bias = true) => {
    shapes.set(`${name}.weight`, shape);
    if (bias) shapes.set(`${name}.bias`, [shape[0]!]);
  };
  const conv = (name: string, from: number, to: number, kernel = 3) =>
    layer(name, [to, from, kernel, kernel]);
  const linear = (name: string, from: number, to: number, bias = true) => layer(name, [to, from], bias);

  const resnet = (name: string, from: number, to: number) => {
    layer(`${name}.norm1`, [from]);
    conv(`${name}.conv1`, from, to);
    linear(`${name}.time_emb_proj`, TIME, to);
    layer(`${name}.norm2`, [to]);
    conv(`${name}.conv2`, to, to);
    if (from !== to) conv(`${name}.conv_shortcut`, from, to, 1);
  };
  const transformer = (name: string, width: number) => {
    const project = (end: string) =>
      linearProjection ? linear(`${name}.${end}`, width, width) : conv(`${name}.${end}`, width, width, 1);
    const block = `${name}.transformer_blocks.0`;
    layer(`${name}.norm`, [width]);
    project("proj_in");
    for (const [attention, context] of [["attn1", width] as const, ["attn2", contextWidth] as const]) {
      linear(`${block}.${attention}.to_q`, width, width, false);
      linear(`${block}.${attention}.to_k`, context, width, false);
      linear(`${block}.${attention}.to_v`, context, width, false);
      linear(`${block}.${attention}.to_out.0`, width, width);
    }
    linear(`${block}.ff.net.0.proj`, width, 8 * width);
    linear(`${block}.ff.net.2`, 4 * width, width);
    for (const norm of ["norm1", "norm2", "norm3"]) layer(`${block}.${norm}`, [width]);
    project("proj_out");
  };

  conv("conv_in", 4, WIDTHS[0]);
  linear("time_embedding.linear_1", WIDTHS[0], TIME);
  linear("time_embedding.linear_2", TIME, TIME);
  const last = WIDTHS.length - 1;
  const skips: number[] = [WIDTHS[0]];
  let width: number = WIDTHS[0];
  for (const [i, to] of WIDTHS.entries()) {
    for (let j = 0; j < LAYERS; j++) {
      resnet(`down_blocks.${i}.resnets.${j}`, width, to);
      if (i < last) transformer(`down_blocks.${i}.attentions.${j}`, to);
      width = to;
      skips.push(to);
    }
    if (i === last) continue;
    conv(`down_blocks.${i}.downsamplers.0.conv`, to, to);
    skips.push(to);
  }
  resnet("mid_block.resnets.0", width, width);
  transformer("mid_block.attentions.0", width);
  resnet("mid_block.resnets.1", width, width);
  for (const [i, to] of WIDTHS.toReversed().entries()) {
    for (let j = 0; j <= LAYERS; j++) {
      resnet(`up_blocks.${i}.resnets.${j}`, width + skips.pop()!, to);
      if (i > 0) transformer(`up_blocks.${i}.attentions.${j}`, to);
      width = to;
    }
    if (i < last) conv(`up_blocks.${i}.upsamplers.0.conv`, to, to);
  }
  layer("conv_norm_out", [WIDTHS[0]]);
  conv("conv_out", WIDTHS[0], 4);
  return shapes;
}

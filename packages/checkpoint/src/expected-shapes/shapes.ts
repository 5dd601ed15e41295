/** Shapes of weights by canonical name. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** torch.nn.Linear, with its bias. */
export const linear = (name: string, inputs: number, outputs: number): Shapes => ({
  [`${name}.weight`]: [outputs, inputs],
  [`${name}.bias`]: [outputs],
});

/** torch.nn.Conv2d, with its bias. */
export const conv = (name: string, inputs: number, outputs: number, kernel = 3): Shapes => ({
  [`${name}.weight`]: [outputs, inputs, kernel, kernel],
  [`${name}.bias`]: [outputs],
});

/** torch.nn.GroupNorm and torch.nn.LayerNorm. */
export const norm = (name: string, channels: number): Shapes => ({
  [`${name}.weight`]: [channels],
  [`${name}.bias`]: [channels],
});

/** diffusers' ResnetBlock2D; the VAE's have no projection of a time embedding. */
export function resnet(name: string, inputs: number, outputs: number, time?: number): Shapes {
  return {
    ...norm(`${name}.norm1`, inputs),
    ...conv(`${name}.conv1`, inputs, outputs),
    ...(time !== undefined && linear(`${name}.time_emb_proj`, time, outputs)),
    ...norm(`${name}.norm2`, outputs),
    ...conv(`${name}.conv2`, outputs, outputs),
    ...(inputs !== outputs && conv(`${name}.conv_shortcut`, inputs, outputs, 1)),
  };
}

/** A list of shapes that grows module by module; `all` is the whole. */
export function collector(): { readonly all: Shapes; add(...shapes: readonly Shapes[]): void } {
  const all: Record<string, readonly number[]> = {};
  return { all, add: (...shapes) => Object.assign(all, ...shapes) };
}

import { type Component, readWeight, type UNetConfig } from "@sunstep/checkpoint";
import type { SunAdapter } from "@sunstep/sun-adapter";
import { elementCount, toFloat32 } from "@sunstep/tensor";
import { type AdapterTensor, adapterLayout, layoutLength } from "./adapter-layout.js";

/** Everything that changes while an adapter is trained: vectors of one layout. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Float32Array;
  /** AdamW's running mean of the gradient. */
  readonly moment1: Float32Array;
  /** AdamW's running mean of its square. */
  readonly moment2: Float32Array;
  /** Exponential moving average of the parameters: MSC's target network, and the adapter that is written. */
  readonly ema: Float32Array;
}

/** An untrained adapter: projections are the cross-attention's own, alpha as given (default 0.3), beta 0. */
export async function initialState(
  unet: Component<UNetConfig>,
  variant: SunAdapter["variant"],
  { alpha = 0.3 }: { readonly alpha?: number } = {},
): Promise<TrainingState> {
  const layout = adapterLayout(unet, variant);
  const parameters = new Float32Array(layoutLength(layout));
  for (const tensor of layout) parameters.set(await initialValues(unet, tensor, alpha), tensor.offset);
  return {
    step: 0,
    parameters,
    moment1: new Float32Array(parameters.length),
    moment2: new Float32Array(parameters.length),
    ema: parameters.slice(),
  };
}

async function initialValues(
  { weights }: Component<UNetConfig>,
  { part, attention, shape }: AdapterTensor,
  alpha: number,
): Promise<Float32Array> {
  if (part === "alpha") return new Float32Array(elementCount(shape)).fill(alpha);
  if (part === "beta") return new Float32Array(elementCount(shape));
  // Our networks name nodes by module: ".../attn2/Attention".
  const module = attention.replace(/\/[^/]*$/, "");
  return toFloat32(await readWeight(weights.get(`${module}.to_${part === "key" ? "k" : "v"}.weight`)));
}

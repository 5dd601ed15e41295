import { type Component, readWeight, type UNetConfig } from "@sunstep/checkpoint";
import { toFloat32 } from "@sunstep/tensor";
import { type AdapterTensor, adapterLayout, type AdapterVariant, layoutLength } from "./adapter-layout.js";

/** Everything that changes while an adapter is trained: flat vectors of one layout. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Float32Array;
  /** AdamW's running means of the gradient and of its square. */
  readonly moment1: Float32Array;
  readonly moment2: Float32Array;
  /** Exponential moving average of the parameters: MSC's target network, and the adapter that is written. */
  readonly ema: Float32Array;
}

/**
 * An untrained adapter: projections as the cross-attention's own, alpha as given, beta 0. With alpha 0 or equal prompts
 * it changes nothing or little, so training begins at the frozen network.
 */
export async function initialState(
  unet: Component<UNetConfig>,
  variant: AdapterVariant,
  { alpha = 0.3 }: { readonly alpha?: number } = {},
): Promise<TrainingState> {
  const layout = adapterLayout(unet, variant);
  const parameters = new Float32Array(layoutLength(layout));
  for (const tensor of layout) parameters.set(await initialValues(unet, tensor, alpha), tensor.offset);
  const zeros = () => new Float32Array(parameters.length);
  return { step: 0, parameters, moment1: zeros(), moment2: zeros(), ema: parameters.slice() };
}

async function initialValues(
  { weights }: Component<UNetConfig>,
  { role, module, shape: [channels = 0] }: AdapterTensor,
  alpha: number,
): Promise<Float32Array> {
  if (role === "alpha") return new Float32Array(channels).fill(alpha);
  if (role === "beta") return new Float32Array(channels);
  const projection = role === "key" ? "to_k" : "to_v";
  return toFloat32(await readWeight(weights.get(`${module}.${projection}.weight`)));
}

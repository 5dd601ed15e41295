import { type Component, readWeight, type UNetConfig } from "@sunstep/checkpoint";
import type { SunAdapter } from "@sunstep/sun-adapter";
import { elementCount, toFloat32 } from "@sunstep/tensor";
import { distillationError } from "../errors.js";
import { type AdapterTensor, adapterLayout, layoutLength } from "./adapter-layout.js";

/** The state that training changes: vectors of one layout. */
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

/** Returns an untrained adapter: projections are the cross-attention's own, alpha as given (default 0.3), beta 0. */
export async function initialState(
  unet: Component<UNetConfig>,
  variant: SunAdapter["variant"],
  { alpha = 0.3 }: { readonly alpha?: number } = {},
): Promise<TrainingState> {
  const layout = adapterLayout(unet, variant);
  const parameters = new Float32Array(layoutLength(layout));
  for (const tensor of layout) parameters.set(await initialValues(unet, tensor, alpha), tensor.offset);
  return stateFrom(parameters);
}

/**
 * Returns the state that continues the training of an adapter.
 * @throws TRAINING_START_MISMATCH if it has another variant or fits another U-Net
 */
export async function stateOfAdapter(
  unet: Component<UNetConfig>,
  variant: SunAdapter["variant"],
  adapter: SunAdapter,
): Promise<TrainingState> {
  const layout = adapterLayout(unet, variant);
  const refs = adapter.layers.flatMap(({ index, negative, extraPositive }) =>
    [negative, ...(extraPositive ? [extraPositive] : [])].flatMap((branch) =>
      Object.entries(branch).map(([part, ref]) => ({ index, part, ref })),
    ),
  );
  const parameters = new Float32Array(layoutLength(layout));
  for (const { name, part, shape, offset } of layout) {
    // "1.to_k_neg.weight": the number is the layer's index, and both lists have a layer's branches in the same order.
    const place = refs.findIndex((one) => one.part === part && one.index === Number.parseInt(name, 10));
    const [found] = place < 0 ? [] : refs.splice(place, 1);
    if (found?.ref.shape.join() !== shape.join())
      throw startMismatch(
        adapter,
        variant,
        `${name} has shape [${found?.ref.shape ?? "none"}], not [${shape}]`,
      );
    parameters.set(toFloat32(await readWeight(found.ref)), offset);
  }
  if (refs.length > 0) throw startMismatch(adapter, variant, `${refs.length} of its weights have no place`);
  return stateFrom(parameters);
}

function startMismatch({ file }: SunAdapter, variant: string, problem: string): Error {
  return distillationError(
    "TRAINING_START_MISMATCH",
    `${file} cannot be the beginning of this ${variant} adapter: ${problem}`,
    { file, variant },
  );
}

/** Returns the state before the first step. */
export function stateFrom(parameters: Float32Array): TrainingState {
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

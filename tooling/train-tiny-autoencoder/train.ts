// The loop: batches in, weights out.
import { nextName, optimizerStepGraph, STATE } from "@sunstep/distillation";
import type { KeptTensor, Runtime } from "@sunstep/runtime";
import { type Tensor, tensor } from "@sunstep/tensor";
import { initialWeights } from "./initial-weights.js";
import { lossGraph, type Sizes } from "./loss-graph.js";
import type { TinyNetwork } from "./tiny-network.js";

export interface TrainOptions {
  readonly sizes: Sizes;
  readonly steps: number;
  /** Learning rate at its peak. */
  readonly rate: number;
  readonly seed: number;
  readonly batch: (step: number) => Readonly<Record<string, Tensor>>;
  /** `loss` is the mean since the last report. */
  readonly onReport?: (step: number, loss: number) => void;
}

const [WARM_UP, REPORT] = [50, 100];
const ADAMW = { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0, clipNorm: 1, emaDecay: 0.99 } as const;

/** Trains from scratch and gives the moving average of the weights. The rate rises, then falls to 0 as a cosine. */
export async function train(
  runtime: Runtime,
  network: TinyNetwork,
  { sizes, steps, rate, seed, batch, onReport }: TrainOptions,
): Promise<Float32Array> {
  const session = await runtime.load(optimizerStepGraph(lossGraph(network, sizes), ADAMW));
  const vector = (numbers: Float32Array) => tensor(numbers, [numbers.length]);
  const number = (value: number) => vector(Float32Array.of(value));
  const weights = initialWeights(network, seed);
  const zeros = weights.map(() => 0);
  const starts = { parameters: weights, ema: weights, moment1: zeros, moment2: zeros };
  let state: Record<string, KeptTensor> = {};
  for (const part of STATE) state[part] = await runtime.keep(vector(starts[part]));
  let recent = 0;
  for (let step = 1; step <= steps; step++) {
    const fall = (1 + Math.cos((Math.PI * step) / (steps + 1))) / 2;
    const { outputs, kept } = await session.runKeeping(
      {
        ...batch(step),
        ...state,
        learning_rate: number(rate * fall * Math.min(1, step / WARM_UP)),
        correction1: number(1 - ADAMW.betas[0] ** step),
        correction2: number(1 - ADAMW.betas[1] ** step),
      },
      STATE.map(nextName),
    );
    for (const old of Object.values(state)) await old.release();
    state = Object.fromEntries(STATE.map((part) => [part, kept[nextName(part)]!]));
    recent += Number(outputs.loss!.data[0]);
    if (step % REPORT !== 0 && step !== steps) continue;
    onReport?.(step, recent / (((step - 1) % REPORT) + 1));
    recent = 0;
  }
  const averaged = (await state.ema!.read()).data as Float32Array;
  await session.dispose();
  return averaged;
}

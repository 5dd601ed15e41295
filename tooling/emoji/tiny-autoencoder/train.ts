// The loop: batches in, weights out.
import { Optimizer, stateFrom } from "@sunstep/distillation/training";
import type { Runtime } from "@sunstep/runtime";
import type { Tensor } from "@sunstep/tensor";
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

/** Trains from scratch and returns the moving average of the weights. The rate rises, then falls to 0 as a cosine. */
export async function train(
  runtime: Runtime,
  network: TinyNetwork,
  { sizes, steps, rate, seed, batch, onReport }: TrainOptions,
): Promise<Float32Array> {
  const weights = initialWeights(network, seed);
  const optimizer = await Optimizer.create(runtime, lossGraph(network, sizes), ADAMW, stateFrom(weights));
  let recent = 0;
  for (let step = 1; step <= steps; step++) {
    const fall = (1 + Math.cos((Math.PI * step) / (steps + 1))) / 2;
    const { loss } = await optimizer.step(batch(step), rate * fall * Math.min(1, step / WARM_UP));
    recent += loss;
    if (step % REPORT !== 0 && step !== steps) continue;
    onReport?.(step, recent / (((step - 1) % REPORT) + 1));
    recent = 0;
  }
  const { ema } = await optimizer.state();
  await optimizer.dispose();
  return ema;
}

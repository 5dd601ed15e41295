import type { Model } from "@sunstep/onnx-graph";
import { prepare } from "../prepare.js";
import { type Move, recomputationMoves } from "./moves.js";

/** Values that a backward pass keeps, and the price of not keeping the others. */
export interface RecomputationPlan {
  /** For `GradientOptions`; absent: all values are kept. */
  readonly checkpoint?: readonly string[];
  /** Bytes, as the estimate gave them. */
  readonly bytes: number;
  /** Share of the forward pass that is computed again, by its multiplications. */
  readonly repeated: number;
}

export interface PlanOptions {
  /** Bytes that the estimate may reach. */
  readonly limit: number;
  /** Estimates the bytes of whatever is made of the model when its gradients keep these values, or all. */
  readonly estimate: (checkpoint: readonly string[] | undefined) => number;
}

/** Estimates between the fastest plan and the smallest: each halves the distance to the best. */
const TRIALS = 5;

/** The share of the limit above which a plan is as fast as it can be, nearly. */
const CLOSE = 0.97;

/**
 * Chooses which values of a model its backward pass keeps, so that an estimate stays within a limit and little is computed
 * twice (Chen et al. 2016, arXiv 1604.06174): values that are large and cheap to compute again go first. Returns the
 * fastest plan within the limit, or, if there is none, the smallest one.
 */
export function planRecomputation(model: Model, { limit, estimate }: PlanOptions): RecomputationPlan {
  const all: RecomputationPlan = { bytes: estimate(undefined), repeated: 0 };
  if (all.bytes <= limit) return all;
  const { values, moves } = recomputationMoves(prepare(model).graph);
  const total = moves.reduce((sum, { cost }) => sum + cost, 0);
  const planOf = (count: number): RecomputationPlan => {
    const again = moves.slice(0, count);
    const dropped = new Set(again.flatMap((move) => move.values));
    const checkpoint = values.filter((value) => !dropped.has(value));
    const cost = again.reduce((sum, move) => sum + move.cost, 0);
    return { checkpoint, bytes: estimate(checkpoint), repeated: cost / total };
  };
  let best = planOf(moves.length);
  if (best.bytes > limit) return best.bytes < all.bytes ? best : all;
  let [low, high] = [0, moves.length];
  for (let trial = 0; trial < TRIALS && high - low > 1 && best.bytes < CLOSE * limit; trial++) {
    const middle = middleOf(moves, low, high);
    const plan = planOf(middle);
    if (plan.bytes <= limit) [best, high] = [plan, middle];
    else low = middle;
  }
  return best;
}

/** Returns the count between two counts of moves that halves the bytes between them. */
function middleOf(moves: readonly Move[], low: number, high: number): number {
  const between = moves.slice(low, high);
  const half = between.reduce((sum, { bytes }) => sum + bytes, 0) / 2;
  let sum = 0;
  const place = between.findIndex(({ bytes }) => {
    sum += bytes;
    return sum >= half;
  });
  return Math.min(Math.max(low + place + 1, low + 1), high - 1);
}

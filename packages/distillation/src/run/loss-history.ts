import { type Tensor, tensor } from "@sunstep/tensor";
import type { StepResult } from "../training/trainer.js";

/** Losses of one step; NaN for a loss that the recipe leaves out. */
export type LossRecord = Pick<StepResult, "loss" | "gradientNorm"> & {
  readonly msc: number;
  readonly cfg: number;
};

const COLUMNS = ["loss", "msc", "cfg", "gradientNorm"] as const;

/** The losses of every step so far. */
export class LossHistory {
  readonly #records: LossRecord[];

  constructor(records: readonly LossRecord[] = []) {
    this.#records = [...records];
  }

  get records(): readonly LossRecord[] {
    return this.#records;
  }

  add({ loss, msc = Number.NaN, cfg = Number.NaN, gradientNorm }: StepResult): void {
    this.#records.push({ loss, msc, cfg, gradientNorm });
  }

  /** Returns the means over the last `count` steps. */
  recent(count: number): LossRecord {
    const last = this.#records.slice(-count);
    const mean = (column: (typeof COLUMNS)[number]) =>
      last.reduce((sum, record) => sum + record[column], 0) / last.length;
    return { loss: mean("loss"), msc: mean("msc"), cfg: mean("cfg"), gradientNorm: mean("gradientNorm") };
  }

  /** Returns [steps, 4], float64: loss, msc, cfg, norm of the gradient. */
  toTensor(): Tensor<"float64"> {
    const values = this.#records.flatMap((record) => COLUMNS.map((column) => record[column]));
    return tensor(Float64Array.from(values), [this.#records.length, COLUMNS.length], "float64");
  }

  static fromTensor({ data }: Tensor): LossHistory {
    const values = data as Float64Array;
    const row = (at: number) => [values[at]!, values[at + 1]!, values[at + 2]!, values[at + 3]!] as const;
    return new LossHistory(
      Array.from({ length: values.length / COLUMNS.length }, (_, i) => {
        const [loss, msc, cfg, gradientNorm] = row(i * COLUMNS.length);
        return { loss, msc, cfg, gradientNorm };
      }),
    );
  }
}

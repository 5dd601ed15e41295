/** Warm-up steps, and steps that are timed, before the number of steps that fit into a time is fixed. */
const [UNTIMED, TIMED] = [2, 20];

export interface PaceOptions {
  /** Steps of the whole run, if known. */
  readonly steps: number | undefined;
  /** Seconds from now to the end, if `steps` is unknown. */
  readonly seconds: number | undefined;
  /** Steps of earlier runs. */
  readonly done: number;
  /** Clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * The number of steps of a run, and its speed. A run that is limited by time fixes the number after the first steps; from
 * then on nothing depends on the clock, so that a resumed run repeats it.
 */
export class Pace {
  readonly #options: PaceOptions;
  readonly #start: number;
  #steps: number | undefined;
  #done: number;
  /** Times at which the last steps ended. */
  readonly #ticks: number[] = [];

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#start = options.now();
    this.#steps = options.steps;
    this.#done = options.done;
  }

  /** Steps of the whole run; undefined while they are measured. */
  get steps(): number | undefined {
    return this.#steps;
  }

  get isOver(): boolean {
    return this.#steps !== undefined && this.#done >= this.#steps;
  }

  /** Records the end of a step. Returns true if it fixed the number of steps. */
  tick(): boolean {
    const now = this.#options.now();
    this.#done++;
    this.#ticks.push(now);
    if (this.#ticks.length > TIMED + 1) this.#ticks.shift();
    if (this.#steps !== undefined) return false;
    const left = (this.#options.seconds ?? 0) - (now - this.#start) / 1000;
    const isMeasured = this.#done - this.#options.done >= UNTIMED + TIMED;
    if (left > 0 && !isMeasured) return false;
    this.#steps = this.#done + Math.max(0, Math.floor(left * this.stepsPerSecond));
    return true;
  }

  /** Mean over the last steps; 0 before there are two. */
  get stepsPerSecond(): number {
    const [first = 0, last = 0] = [this.#ticks[0], this.#ticks.at(-1)];
    return last > first ? ((this.#ticks.length - 1) * 1000) / (last - first) : 0;
  }

  get secondsLeft(): number | undefined {
    const rate = this.stepsPerSecond;
    return this.#steps === undefined || rate === 0 ? undefined : (this.#steps - this.#done) / rate;
  }
}

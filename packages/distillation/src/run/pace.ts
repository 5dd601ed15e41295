/** Steps before the first one whose time counts, and steps that are timed, to choose how many fit into a time. */
const [UNTIMED, TIMED] = [2, 20];

export interface PaceOptions {
  /** Steps of the whole run, where that is known. */
  readonly steps: number | undefined;
  /** Else: seconds from now to the end. */
  readonly seconds: number | undefined;
  /** Steps done before. */
  readonly done: number;
  /** In milliseconds. */
  readonly now: () => number;
}

/**
 * How many steps a run has, and how fast it goes. Of a run that is limited by time the number is fixed after the first
 * steps: from then on nothing depends on the clock, and what a checkpoint goes on to do does not either.
 */
export class Pace {
  readonly #options: PaceOptions;
  readonly #start: number;
  #steps: number | undefined;
  #done: number;
  /** When each of the last steps was done. */
  readonly #ticks: number[] = [];

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#start = options.now();
    this.#steps = options.steps;
    this.#done = options.done;
  }

  /** Of the whole run; undefined while it is measured. */
  get steps(): number | undefined {
    return this.#steps;
  }

  get isOver(): boolean {
    return this.#steps !== undefined && this.#done >= this.#steps;
  }

  /** Notes that a step is done. True where this has fixed the number of steps. */
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

  /** Over the last steps; 0 before there are two. */
  get stepsPerSecond(): number {
    const [first = 0, last = 0] = [this.#ticks[0], this.#ticks.at(-1)];
    return last > first ? ((this.#ticks.length - 1) * 1000) / (last - first) : 0;
  }

  get secondsLeft(): number | undefined {
    const rate = this.stepsPerSecond;
    return this.#steps === undefined || rate === 0 ? undefined : (this.#steps - this.#done) / rate;
  }
}

/** Takes a slow measurement anew whenever it may have changed: one at a time, and always one after the last change. */
export class Meter<Value> {
  readonly #measure: () => Promise<Value>;
  readonly #report: (value: Value) => void;
  #measuring = false;
  #changed = false;

  constructor(measure: () => Promise<Value>, report: (value: Value) => void) {
    this.#measure = measure;
    this.#report = report;
  }

  async change(): Promise<void> {
    this.#changed = true;
    if (this.#measuring) return;
    this.#measuring = true;
    while (this.#changed) {
      this.#changed = false;
      this.#report(await this.#measure());
    }
    this.#measuring = false;
  }
}

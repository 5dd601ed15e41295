/** Asynchronous work that is executed one after the other, in the order in which it was asked for, until it is closed. */
export class Turns {
  readonly #closedError: () => Error;
  #last: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /** `closedError` makes the error of work that is asked for too late. */
  constructor(closedError: () => Error) {
    this.#closedError = closedError;
  }

  take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closedError());
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Executes `work` last. Calls after the first wait for it. */
  close(work: () => Promise<void>): Promise<void> {
    this.#closed ??= this.#last.then(work);
    return this.#closed;
  }
}

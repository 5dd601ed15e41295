import type { JobEvent } from "./job.js";

type Listener = (event: JobEvent) => void;

/** Listeners by job. */
export class Watchers {
  readonly #listeners = new Map<string, Set<Listener>>();

  get ids(): readonly string[] {
    return [...this.#listeners.keys()];
  }

  add(id: string, listener: Listener): () => void {
    const all = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0 && this.#listeners.get(id) === all) this.#listeners.delete(id);
    };
  }

  /** The end of a job is the last event. */
  tell(id: string, event: JobEvent): void {
    const all = this.#listeners.get(id) ?? [];
    if (event.type === "ended") this.#listeners.delete(id);
    for (const listener of [...all]) listener(event);
  }
}

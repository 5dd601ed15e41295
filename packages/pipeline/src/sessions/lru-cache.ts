/** Keeps the values that were used last. */
export class LruCache<Value> {
  readonly #capacity: number;
  /** In the order of their last use. */
  readonly #values = new Map<string, Value>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Returns the values that made room. */
  set(key: string, value: Value): Value[] {
    this.#values.delete(key);
    this.#values.set(key, value);
    const oldest = [...this.#values].slice(0, -this.#capacity);
    for (const [old] of oldest) this.#values.delete(old);
    return oldest.map(([, dropped]) => dropped);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  /** Removes the values for which `isRemoved` is true, by default all, and returns them. */
  take(isRemoved: (value: Value) => boolean = () => true): Value[] {
    const taken = [...this.#values].filter(([, value]) => isRemoved(value));
    for (const [key] of taken) this.#values.delete(key);
    return taken.map(([, value]) => value);
  }
}

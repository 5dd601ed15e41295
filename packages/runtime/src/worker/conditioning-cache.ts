import type { Tensor } from "@sunstep/tensor";

export type ConditioningFeeds = Readonly<Record<string, Tensor>>;

interface Entry {
  readonly id: number;
  /** Copies: the caller may change its arrays. */
  readonly feeds: ConditioningFeeds;
  bytes: number;
}

/** Capacity in bytes: keys and values of five pairs of prompts for Stable Diffusion 1.5 with a negative branch. */
const CAPACITY = 128 * 2 ** 20;
/** Entries kept even if they take more: those of one guided image and one to spare. */
const FEWEST = 3;

/** Numbers for the contents of inputs that seldom change, least recently used first out. */
export class ConditioningCache {
  /** Most recently used last. */
  #entries: readonly Entry[] = [];
  #lastId = 0;

  /** Finds the number of `feeds`; `copies` are given for contents that are new. */
  use(feeds: ConditioningFeeds): { readonly id: number; readonly copies?: ConditioningFeeds } {
    const known = this.#entries.find((entry) => isSame(entry.feeds, feeds));
    const entry = known ?? { id: ++this.#lastId, feeds: copyOf(feeds), bytes: 0 };
    this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
    return { id: entry.id, ...(!known && { copies: entry.feeds }) };
  }

  /** Notes how many bytes an entry takes. Returns the numbers of entries that had to go for it. */
  resize(id: number, bytes: number): readonly number[] {
    const entry = this.#entries.find((other) => other.id === id);
    if (entry) entry.bytes = bytes;
    const removed: number[] = [];
    while (this.#entries.length > FEWEST && this.#bytes > CAPACITY) {
      removed.push(this.#entries[0]!.id);
      this.#entries = this.#entries.slice(1);
    }
    return removed;
  }

  forget(id: number): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
  }

  get #bytes(): number {
    return this.#entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

function copyOf(feeds: ConditioningFeeds): ConditioningFeeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape: [...shape], data: data.slice() },
    ]),
  );
}

function isSame(some: ConditioningFeeds, others: ConditioningFeeds): boolean {
  const names = Object.keys(some);
  return (
    names.length === Object.keys(others).length &&
    names.every((name) => others[name] !== undefined && isSameTensor(some[name]!, others[name]))
  );
}

function isSameTensor(some: Tensor, other: Tensor): boolean {
  return (
    some.dtype === other.dtype &&
    some.data.length === other.data.length &&
    some.shape.length === other.shape.length &&
    some.shape.every((size, i) => size === other.shape[i]) &&
    hasSameNumbers(some.data, other.data)
  );
}

/** Called at every step, so without a callback for each number. */
function hasSameNumbers(some: Tensor["data"], others: Tensor["data"]): boolean {
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}

/** Future events in the order of their time: a binary heap. */
export class Events<T> {
  readonly #heap: { readonly time: number; readonly event: T }[] = [];

  push(time: number, event: T): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push({ time, event });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.time <= heap[at]!.time) return;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
  }

  /** Takes out the earliest event. */
  pop(): { readonly time: number; readonly event: T } | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < heap.length && heap[left]!.time < heap[least]!.time) least = left;
      if (right < heap.length && heap[right]!.time < heap[least]!.time) least = right;
      if (least === at) return first;
      [heap[least], heap[at]] = [heap[at]!, heap[least]!];
      at = least;
    }
  }
}

/** Work that can pause: each `yield` is a place for other work of the thread. */
export type Steps<T> = Generator<void, T>;

/** Milliseconds of work between two pauses. */
const SLICE = 20;

/** Does all work at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Does the work in slices, and lets other work of the thread run between them. */
export async function finishInSlices<T>(steps: Steps<T>): Promise<T> {
  for (let begin = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - begin < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    begin = performance.now();
  }
}

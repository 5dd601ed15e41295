/** Times of one task, in milliseconds. */
export interface Measurement {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly runs: number;
}

export type Tasks = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Runs tasks in turn, A B A B …, after one uncounted round, so that a drift of the machine's speed affects all equally.
 * Quote the medians; the range shows the noise of the machine.
 */
export async function interleaved<T extends Tasks>(
  tasks: T,
  runs: number,
): Promise<Record<keyof T & string, Measurement>> {
  const times = new Map(Object.keys(tasks).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= runs; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const milliseconds = await timed(task);
      if (round > 0) times.get(name)!.push(milliseconds);
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, summarise(values)])) as Record<
    keyof T & string,
    Measurement
  >;
}

export async function timed(task: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await task();
  return performance.now() - begin;
}

export function summarise(values: readonly number[]): Measurement {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { medianMs: median, minMs: sorted[0]!, maxMs: sorted.at(-1)!, runs: sorted.length };
}

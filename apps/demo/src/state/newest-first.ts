/** One run at a time, and always the newest wish next. */
export interface NewestFirst<Wish> {
  /** Cancels what is under way; runs this as soon as that has ended, unless a newer wish comes first. */
  submit(wish: Wish): void;
  /** Cancels what is under way, and what waits. */
  cancel(): void;
}

/** `run` must end soon after its signal is aborted, and deals with its own errors. */
export function newestFirst<Wish>(
  run: (wish: Wish, signal: AbortSignal) => Promise<void>,
): NewestFirst<Wish> {
  let current: AbortController | undefined;
  let next: { readonly wish: Wish } | undefined;

  async function work(): Promise<void> {
    while (next) {
      const { wish } = next;
      next = undefined;
      current = new AbortController();
      await run(wish, current.signal).catch(() => undefined);
    }
    current = undefined;
  }

  return {
    submit(wish) {
      next = { wish };
      if (current) current.abort();
      else void work();
    },
    cancel() {
      next = undefined;
      current?.abort();
    },
  };
}

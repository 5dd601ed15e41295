/** Runs one request at a time, and the latest request next. */
export interface LatestRun<Request> {
  /** Cancels the current run, and runs `request` as soon as that has ended unless a newer request replaces it. */
  submit(request: Request): void;
  /** Cancels the current run and drops the pending request. */
  cancel(): void;
}

/** `run` must end soon after its signal is aborted, and handles its own errors. */
export function latestRun<Request>(
  run: (request: Request, signal: AbortSignal) => Promise<void>,
): LatestRun<Request> {
  let current: AbortController | undefined;
  let next: { readonly request: Request } | undefined;

  async function work(): Promise<void> {
    while (next) {
      const { request } = next;
      next = undefined;
      current = new AbortController();
      await run(request, current.signal).catch(() => undefined);
    }
    current = undefined;
  }

  return {
    submit(request) {
      next = { request };
      if (current) current.abort();
      else void work();
    },
    cancel() {
      next = undefined;
      current?.abort();
    },
  };
}

import type { Tensor } from "@sunstep/tensor";

/** A tensor that the worker keeps, by its number. */
export interface KeptInWorker {
  readonly id: number;
}

/** What is asked of a worker about the sessions and tensors it holds. `label` names the model in messages. */
export interface SessionCalls {
  run(request: {
    label: string;
    session: number;
    feeds: Record<string, Tensor | KeptInWorker>;
    keep: readonly string[];
  }): {
    outputs: Record<string, Tensor>;
    kept: Record<string, KeptInWorker & Pick<Tensor, "dtype" | "shape">>;
  };
  keep(request: { label: string; tensor: Tensor }): KeptInWorker;
  read(request: { label: string; id: number }): { tensor: Tensor };
  free(request: { label: string; id: number }): Record<string, never>;
  release(request: { label: string; session: number }): Record<string, never>;
}

/** The worker, seen from the host. */
export type SessionLink = {
  readonly [Call in keyof SessionCalls]: (
    request: Parameters<SessionCalls[Call]>[0],
  ) => Promise<ReturnType<SessionCalls[Call]>>;
} & {
  /** Why the worker takes no more calls, if so. */
  readonly death: Error | undefined;
};

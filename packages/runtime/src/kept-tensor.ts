import type { DataType, Tensor } from "@sunstep/tensor";

/** A tensor that stays with the backend: an input of any session of the same runtime, without a copy. */
export interface KeptTensor {
  readonly kept: true;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /**
   * A copy of it.
   * @throws TENSOR_RELEASED, SESSION_DISPOSED, WORKER_DIED
   */
  read(): Promise<Tensor>;
  /** Frees its memory once the runs that were given it are over. May be called twice. */
  release(): Promise<void>;
}

/** Inputs of a run, by name. */
export type Feeds = Readonly<Record<string, Tensor | KeptTensor>>;

export function isKept(feed: Tensor | KeptTensor): feed is KeptTensor {
  return "kept" in feed;
}

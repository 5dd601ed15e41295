// What the host and a worker say to each other. Models cross as ONNX bytes: they are transferred, not copied, and carry
// no functions.
import type { Tensor } from "@sunstep/tensor";
import type { LoadEvent, TensorSpec } from "../runtime.js";
import type { PortableError } from "./portable-error.js";
import type { PortableModel } from "./portable-model.js";

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

/** All requests with their answers. */
export interface Calls extends SessionCalls {
  /** Comes first. `settings` are between the backend's two sides. */
  start(request: { label: string; settings: unknown }): { version: string };
  /** Lowers and prepares a model; it waits in the worker under the number `handle`. */
  prepare(request: { label: string; model: PortableModel; wanted: boolean; ticket: number }): {
    handle: number;
    /** The prepared model, if it is wanted for changes. */
    model?: PortableModel;
  };
  /** Loads what waits under `handle`, or all that was made of it: in that order, or none. */
  create(request: { label: string; handle: number; models?: readonly PortableModel[] }): {
    sessions: { session: number; inputs: TensorSpec[]; outputs: TensorSpec[] }[];
  };
  /** Forgets what waits under `handle`. */
  forget(request: { label: string; handle: number }): Record<string, never>;
  /** Abandons the preparation with the ticket; without one, all. Answers when they have ended. */
  cancel(request: { label: string; ticket?: number }): Record<string, never>;
}

export type CallName = keyof Calls;
export type RequestOf<K extends CallName> = Parameters<Calls[K]>[0];
export type AnswerOf<K extends CallName> = ReturnType<Calls[K]>;

/** A call, as it reaches the worker. */
export type Order = { [K in CallName]: { id: number; call: K; request: RequestOf<K> } }[CallName];

/** What comes back for it. */
export type Reply =
  | { readonly type: "answer"; readonly id: number; readonly answer: AnswerOf<CallName> }
  | { readonly type: "failure"; readonly id: number; readonly error: PortableError }
  | { readonly type: "event"; readonly id: number; readonly event: LoadEvent };

/** The worker, as sessions and kept tensors see it. */
export type SessionLink = {
  readonly [Call in keyof SessionCalls]: (
    request: Parameters<SessionCalls[Call]>[0],
  ) => Promise<ReturnType<SessionCalls[Call]>>;
} & {
  /** Why the worker takes no more calls, if so. */
  readonly death: Error | undefined;
};

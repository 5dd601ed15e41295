// What the host and the worker say to each other. Models cross as ONNX bytes: they are transferred, not copied, and
// carry no functions.
import type { LoadEvent, TensorSpec } from "@sunstep/runtime";
import type { PortableError, SessionCalls } from "@sunstep/runtime/worker";
import type { NodeDevice } from "./devices.js";
import type { PortableModel } from "./portable-model.js";
import type { PreparedCacheOptions } from "./prepared/cache-folder.js";

export interface WorkerSettings {
  readonly device: Exclude<NodeDevice, "auto">;
  readonly threads?: number;
  readonly cache: PreparedCacheOptions | false;
}

/** Requests with their answers. `label` names the model in messages. */
export interface Calls extends SessionCalls {
  /** Lowers and prepares a model; it waits in the worker under the number `handle`. */
  prepare(request: { model: PortableModel; label: string; wanted: boolean; ticket: number }): {
    handle: number;
    /** The prepared model, if it is wanted for changes. */
    model?: PortableModel;
  };
  /** Loads what waits under `handle`, or what was made of it. */
  create(request: { handle: number; model?: PortableModel; label: string }): {
    session: number;
    inputs: TensorSpec[];
    outputs: TensorSpec[];
  };
  /** Forgets what waits under `handle`. */
  forget(request: { label: string; handle: number }): Record<string, never>;
  /** Abandons the preparation with the ticket; without one, all. Answers when they have ended. */
  cancel(request: { label: string; ticket?: number }): Record<string, never>;
}

export type CallName = keyof Calls;
export type RequestOf<K extends CallName> = Parameters<Calls[K]>[0];
export type AnswerOf<K extends CallName> = ReturnType<Calls[K]>;

export type ToWorker = { [K in CallName]: { id: number; call: K; request: RequestOf<K> } }[CallName];

export type FromWorker =
  | { readonly type: "ready"; readonly version: string }
  | { readonly type: "answer"; readonly id: number; readonly answer: AnswerOf<CallName> }
  | { readonly type: "failure"; readonly id: number; readonly error: PortableError }
  | { readonly type: "event"; readonly id: number; readonly event: LoadEvent };

// What the page and the worker say to each other. Models cross as ONNX bytes: they are transferred, not copied, and
// carry no functions. Blobs cross as references to their data.
import type { TensorSpec } from "@sunstep/runtime";
import type { PortableError, SessionCalls } from "@sunstep/runtime/worker";
import type { WebDevice } from "./devices.js";
import type { PortableModel } from "./portable-model.js";

export interface WorkerSettings {
  readonly device: Exclude<WebDevice, "auto">;
  readonly threads: number;
  /** Whether the device computes in float16. */
  readonly float16: boolean;
  /** Addresses of ONNX Runtime's module and its WebAssembly. */
  readonly wasmFiles: { readonly mjs: string; readonly wasm: string };
}

/** Requests with their answers. `label` names the model in messages. */
export interface Calls extends SessionCalls {
  start(request: { settings: WorkerSettings; label: string }): { version: string };
  /** Lowers a model; it waits in the worker under the number `handle`. */
  prepare(request: { model: PortableModel; label: string; wanted: boolean }): {
    handle: number;
    /** The lowered model, if it is wanted for changes. */
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
}

export type CallName = keyof Calls;
export type RequestOf<K extends CallName> = Parameters<Calls[K]>[0];
export type AnswerOf<K extends CallName> = ReturnType<Calls[K]>;

export type ToWorker = { [K in CallName]: { id: number; call: K; request: RequestOf<K> } }[CallName];

export type FromWorker =
  | { readonly type: "answer"; readonly id: number; readonly answer: AnswerOf<CallName> }
  | { readonly type: "failure"; readonly id: number; readonly error: PortableError };

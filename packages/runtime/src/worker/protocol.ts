// The messages between the host and a worker. Models cross as ONNX bytes, which are transferred, not copied.
import type { Tensor } from "@sunstep/tensor";
import type { LoadEvent, LoadOptions, TensorSpec } from "../runtime.js";
import type { PortableError } from "./portable-error.js";
import type { PortableModel } from "./portable-model.js";

/** A device tensor, by its number in the worker. */
export interface TensorId {
  readonly id: number;
}

export type PortableFeeds = Readonly<Record<string, Tensor | TensorId>>;

/** The operations of a worker: the parameter and the result of each. `label` names the model in messages. */
export interface Operations {
  /** Comes first. `settings` are private to the backend's two sides. */
  start(request: { label: string; settings: unknown }): { version: string };
  /** Lowers and prepares a model, and makes the session of one variant. */
  load(
    request: { label: string; model: PortableModel } & Pick<
      LoadOptions,
      "invariantInputs" | "variants" | "variant" | "precision" | "weights"
    >,
  ): { session: number; inputs: TensorSpec[]; outputs: TensorSpec[] };
  /** Runs a model or a variant of it. */
  run(request: {
    label: string;
    session: number;
    variant: string | undefined;
    feeds: PortableFeeds;
    conditioning: Conditioning | undefined;
    keepOnDevice: readonly string[];
  }): {
    outputs: Record<string, Tensor>;
    onDevice: Record<string, TensorId & Pick<Tensor, "dtype" | "shape">>;
    /** Bytes that the worker now holds for the conditioning. */
    conditioningBytes: number;
  };
  /** Copies a tensor into the worker. */
  keep(request: { label: string; tensor: Tensor }): TensorId;
  /** Copies a device tensor to the host. */
  read(request: { label: string; id: number }): { tensor: Tensor };
  /** Frees a device tensor, or what a session holds for conditioning. */
  free(
    request: { label: string } & (TensorId | { session: number; conditioning: number }),
  ): Record<string, never>;
  /** Releases a session with everything it holds. */
  release(request: { label: string; session: number }): Record<string, never>;
  /** Abandons the load that was requested under a number, or all loads. Answers when they have ended. */
  cancel(request: { label: string; request?: number }): Record<string, never>;
}

/**
 * Contents of the inputs that seldom change, under a number that the host gave them. `feeds` accompany the number once;
 * the worker holds them, and what a session computes of them alone, until they are freed.
 */
export interface Conditioning {
  readonly id: number;
  readonly feeds?: PortableFeeds;
}

export type OperationName = keyof Operations;
export type RequestOf<K extends OperationName> = Parameters<Operations[K]>[0];
export type ResultOf<K extends OperationName> = ReturnType<Operations[K]>;

/** A request to the worker. */
export type Request = {
  [K in OperationName]: { readonly id: number; readonly operation: K; readonly parameters: RequestOf<K> };
}[OperationName];

/** A response to a request, or an event on the way to it. */
export type Response =
  | { readonly type: "result"; readonly id: number; readonly result: ResultOf<OperationName> }
  | { readonly type: "error"; readonly id: number; readonly error: PortableError }
  | { readonly type: "event"; readonly id: number; readonly event: LoadEvent };

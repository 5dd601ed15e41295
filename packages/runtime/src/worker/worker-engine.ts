import type { Model } from "@sunstep/onnx-graph";
import type { LoadEvent, LoadOptions } from "../runtime.js";
import type { NativeTensors, PreparedModel } from "./loaded-model.js";
import type { OpenSource } from "./portable-model.js";

/** The worker's side of one backend. `T` is the engine's own tensor. */
export interface WorkerEngine<T> {
  readonly tensors: NativeTensors<T>;
  readonly open: OpenSource;
  /** Takes the settings that the host's side sent, and tries the device. Returns the engine's version. */
  start(settings: unknown): Promise<string>;
  /** Tells whether the device that was started has kernels for int8. Default: it has none. */
  computesInt8?(): boolean;
  /** Lowers a model and does the work that all its sessions share. */
  prepare(model: Model, context: PrepareContext): Promise<PreparedModel<T>>;
}

export interface PrepareContext {
  /** Names the model in messages. */
  readonly label: string;
  /** `LoadOptions.precision`. */
  readonly precision?: LoadOptions["precision"];
  /** `LoadOptions.weights`. */
  readonly weights?: LoadOptions["weights"];
  /** `LoadOptions.invariantInputs`. */
  readonly invariantInputs: readonly string[];
  readonly signal: AbortSignal;
  emit(event: LoadEvent): void;
}

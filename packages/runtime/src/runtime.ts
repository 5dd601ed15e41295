import type { Dimension, Model } from "@sunstep/onnx-graph";
import type { DataType, Tensor } from "@sunstep/tensor";
import type { Feeds, KeptTensor } from "./kept-tensor.js";

/** A backend on one device. Sessions of one runtime may share weights and memory. */
export interface Runtime {
  /** The backend, for messages: "onnxruntime-node 1.30.0". */
  readonly name: string;
  /** Where it computes: "cpu", "webgpu", ... */
  readonly device: string;
  /**
   * Makes a model ready to run. It is given as networks emit it: the backend lowers it to what runs fastest.
   * Weights stay where the graph points to; sources with a `path` are not read through JavaScript.
   * @throws SunstepError, codes of runtimeErrors
   */
  load(model: Model, options?: LoadOptions): Promise<Session>;
  /**
   * Loads all that `cut` makes of a model once it is lowered and prepared, which is done once. What is cut may drop or
   * bind inputs and leave nodes away; it may not change weights. Calls that differ in `cut` alone share prepared weights.
   * @throws what `load` and `cut` throw; then none is loaded
   */
  loadParts<Part extends string>(
    model: Model,
    cut: (prepared: Model) => Readonly<Record<Part, Model>>,
    options?: LoadOptions,
  ): Promise<Readonly<Record<Part, Session>>>;
  /**
   * Hands a tensor to the backend, which keeps a copy: for inputs that many runs take.
   * @throws SESSION_DISPOSED, TENSOR_SHAPE, TENSOR_DATA_TYPE
   */
  keep(tensor: Tensor): Promise<KeptTensor>;
  /** Disposes of all its sessions and kept tensors too. May be called twice. */
  dispose(): Promise<void>;
}

export interface LoadOptions {
  /** What this is, for messages and events: "unet". */
  readonly label?: string;
  /** Abandons the load; what is half done is thrown away. */
  readonly signal?: AbortSignal;
  /** What it throws abandons the load too, and is what the load fails with. */
  readonly onEvent?: (event: LoadEvent) => void;
}

/** What happens during a load. */
export type LoadEvent =
  | {
      /** Weights are being rewritten into the backend's own form, once for each model. */
      readonly type: "prepare";
      readonly label?: string;
      /** Parts finished, of `total`. */
      readonly done: number;
      readonly total: number;
    }
  | {
      /** The load goes on, slower than it might. */
      readonly type: "warning";
      readonly label?: string;
      readonly code: string;
      readonly message: string;
    };

/** A loaded model. Runs that are asked for at the same time are done one after the other. */
export interface Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * Runs the model. Every input must be given, with its exact type and shape; they are checked before the backend
   * sees them. The results belong to the caller.
   * @throws INPUT_MISSING, INPUT_UNKNOWN, INPUT_DTYPE, INPUT_SHAPE, TENSOR_RELEASED, SESSION_DISPOSED, ABORTED,
   * OUT_OF_MEMORY, ...
   */
  run(feeds: Feeds, options?: RunOptions): Promise<Record<string, Tensor>>;
  /**
   * As `run`, but the outputs named in `keep` stay with the backend, for other runs to take.
   * @throws OUTPUT_UNKNOWN, and what `run` throws
   */
  runKeeping(feeds: Feeds, keep: readonly string[], options?: RunOptions): Promise<KeepingResult>;
  /** Frees the weights. Waits for runs under way. May be called twice. */
  dispose(): Promise<void>;
}

export interface KeepingResult {
  /** The outputs that were not to be kept. */
  readonly outputs: Record<string, Tensor>;
  /** The others. */
  readonly kept: Record<string, KeptTensor>;
}

export interface RunOptions {
  /** A run that has not begun is not begun; one under way is finished, and its result thrown away. */
  readonly signal?: AbortSignal;
}

/** An input or output of a loaded model. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DataType;
  /** A name stands for a size that is only known at run time. */
  readonly shape: readonly Dimension[];
}

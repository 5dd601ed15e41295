import type { Dimension, Model } from "@sunstep/onnx-graph";
import type { DataType, Tensor } from "@sunstep/tensor";
import type { DeviceTensor, Feeds, Results } from "./device-tensor.js";

/** A backend on one device. Its sessions may share weights and memory. */
export interface Runtime {
  /** The backend's name for messages: "onnxruntime-node 1.30.0". */
  readonly name: string;
  /** Where it computes: "cpu", "webgpu", … */
  readonly device: string;
  /** "batched" if one run of a batch is faster than runs of its samples in turn. */
  readonly batching: "sequential" | "batched";
  /** True on processors that are known to multiply faster in 8 bits (`LoadOptions.precision`). Default: false. */
  readonly fastInt8?: boolean;
  /**
   * Makes a model ready to run. The model is as networks emit it; the backend lowers it to its fastest form.
   * Weights stay in the files that the graph points to; sources with a `path` are not read through JavaScript.
   * @throws SunstepError, codes of runtimeErrors
   */
  load(model: Model, options?: LoadOptions): Promise<Session>;
  /**
   * Copies a tensor to the device, as an input for many runs.
   * @throws SESSION_DISPOSED, TENSOR_SHAPE, TENSOR_DATA_TYPE
   */
  keep(tensor: Tensor): Promise<DeviceTensor>;
  /** Disposes of the runtime with its sessions and device tensors. May be called twice. */
  dispose(): Promise<void>;
}

/** Named specialisations of a model: constants by input. */
export type Variants = Readonly<Record<string, Readonly<Record<string, Tensor>>>>;

export interface LoadOptions {
  /** The model's name in messages and events: "unet". */
  readonly label?: string;
  /** Abandons the load and discards what it made so far. */
  readonly signal?: AbortSignal;
  /** Receives progress and warnings. If it throws, the load is aborted and rejects with that error. */
  readonly onEvent?: (event: LoadEvent) => void;
  /**
   * Inputs that seldom change between runs. The backend may compute once for each content what depends on them alone.
   * Names that the model lacks are ignored.
   */
  readonly invariantInputs?: readonly string[];
  /**
   * Variants of the model, by name: inputs bound to constants, so that branches they switch off cost nothing.
   * All share the prepared weights. A variant is made when it is first run.
   * @throws INPUT_UNKNOWN, INPUT_DTYPE, INPUT_SHAPE for a constant that does not fit
   */
  readonly variants?: Variants;
  /** The variant to make now instead of the whole model, which is then made when it is first run. */
  readonly variant?: string;
  /**
   * "float32" computes in float32 throughout: values of some networks overflow float16. "int8" multiplies in 8 bits, where
   * the backend can: a CPU. Default: float32, or float16 where the device is faster with it.
   */
  readonly precision?: "float32" | "int8";
  /**
   * "stored" leaves weights in their files, in the type in which they are stored, and computes from them in each run what a
   * load would compute once; every value is freed after its last use. It takes the least memory and is slower. Default
   * "prepared": the form that the device is fastest with. Only the CPU of Node distinguishes them.
   */
  readonly weights?: "prepared" | "stored";
}

/** Progress or a warning of a load. */
export type LoadEvent =
  | {
      /** Weights are being rewritten into the backend's own form, once for each model. */
      readonly type: "prepare";
      readonly label?: string;
      /** Pieces finished, of `total`. */
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

/** A loaded model. Concurrent calls of `run` are executed in turn. */
export interface Session {
  /** Inputs of the whole model; a variant takes those that it does not bind. */
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * Runs the model. Every input must be given with its exact type and shape; inputs are checked before the backend sees
   * them. The results belong to the caller.
   * @throws INPUT_MISSING, INPUT_UNKNOWN, INPUT_DTYPE, INPUT_SHAPE, OUTPUT_UNKNOWN, VARIANT_UNKNOWN, TENSOR_RELEASED,
   * SESSION_DISPOSED, ABORTED, OUT_OF_MEMORY, ...
   */
  run(
    feeds: Feeds,
    options?: RunOptions & { readonly keepOnDevice?: never },
  ): Promise<Record<string, Tensor>>;
  run(feeds: Feeds, options?: RunOptions): Promise<Results>;
  /** Frees the weights after the runs under way. May be called twice. */
  dispose(): Promise<void>;
}

export interface RunOptions {
  /** Prevents a run that has not begun; a run under way is finished and its results are discarded. */
  readonly signal?: AbortSignal;
  /** One of the variants that the model was loaded with. Default: the whole model. */
  readonly variant?: string;
  /** Outputs to return as `DeviceTensor`s, as inputs for other runs. */
  readonly keepOnDevice?: readonly string[];
}

/** An input or output of a loaded model. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DataType;
  /** A name stands for a size that is only known at run time. */
  readonly shape: readonly Dimension[];
}

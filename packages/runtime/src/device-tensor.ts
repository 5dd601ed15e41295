import type { DataType, Tensor } from "@sunstep/tensor";

/** A tensor in the backend's memory: an input for any session of the same runtime, without a copy. */
export interface DeviceTensor {
  readonly onDevice: true;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /**
   * Copies the data to the caller.
   * @throws TENSOR_RELEASED, SESSION_DISPOSED, WORKER_DIED
   */
  read(): Promise<Tensor>;
  /** Frees the memory once the runs that use it are over. May be called twice. */
  release(): Promise<void>;
}

/** Inputs of a run, by name. */
export type Feeds = Readonly<Record<string, Tensor | DeviceTensor>>;

/** Outputs of a run, by name. */
export type Results = Record<string, Tensor | DeviceTensor>;

export function isDeviceTensor(tensor: Tensor | DeviceTensor): tensor is DeviceTensor {
  return "onDevice" in tensor;
}

/** The results that stayed on the device. */
export function deviceTensors(results: Results): Record<string, DeviceTensor> {
  return Object.fromEntries(
    Object.entries(results).filter((entry): entry is [string, DeviceTensor] => isDeviceTensor(entry[1])),
  );
}

/** The results that came back. */
export function hostTensors(results: Results): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(results).filter((entry): entry is [string, Tensor] => !isDeviceTensor(entry[1])),
  );
}

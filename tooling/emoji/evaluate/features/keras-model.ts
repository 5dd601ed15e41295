// The fields read of a Keras model in TensorFlow.js's layers format.

export interface KerasLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: {
    readonly strides?: readonly number[];
    readonly padding?: "valid" | "same" | readonly (readonly number[])[];
    readonly epsilon?: number;
    readonly max_value?: number;
    readonly batch_input_shape?: readonly (number | null)[];
  };
  readonly inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[];
}

/** One byte for each number: value = min + scale * byte. */
interface QuantizedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization: { readonly min: number; readonly scale: number; readonly dtype: "uint8" };
}

export interface KerasModel {
  readonly modelTopology: {
    readonly model_config: { readonly config: { readonly layers: readonly KerasLayer[] } };
  };
  readonly weightsManifest: readonly { readonly weights: readonly QuantizedWeight[] }[];
}

export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by name ("Conv1/kernel"), in the order of the manifest in one run of bytes. */
export function readWeights(model: KerasModel, bytes: Uint8Array): ReadonlyMap<string, Weight> {
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const { name, shape, quantization } of model.weightsManifest.flatMap((group) => group.weights)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const part = bytes.subarray(offset, offset + count);
    weights.set(name, {
      shape,
      data: Float32Array.from(part, (byte) => quantization.min + quantization.scale * byte),
    });
    offset += count;
  }
  if (offset !== bytes.length) throw new RangeError(`weights take ${offset} bytes of ${bytes.length}`);
  return weights;
}

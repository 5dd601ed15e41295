import type { ByteSource } from "@sunstep/files";
import type { DataType, Float8Format } from "@sunstep/tensor";
import { checkpointError } from "./errors.js";

/** A tensor as a range of bytes in a file. */
export interface WeightRef {
  /** The canonical name: diffusers' for U-Net and VAE, transformers' (with `text_model.`) for text encoders. */
  readonly name: string;
  readonly dtype: DataType;
  /** The canonical shape; the file may store the same elements as another (a 1x1 convolution for a linear layer). */
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** From the start of the file, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** The file stores the transpose: read as `shape` reversed, then transpose. */
  readonly transposed?: boolean;
  /** The elements are floating-point numbers of 8 bits, of a `dtype` "uint8". */
  readonly float8?: Float8Format;
  /** A factor of the elements, float32: one for all, or one for each row of the stored tensor. */
  readonly scale?: WeightRef;
}

/** Weights of one model by canonical name. */
export interface Weights {
  /** Throws `CHECKPOINT_WEIGHT_MISSING`, or `CHECKPOINT_DATA_TYPE` for a type that JavaScript and ONNX lack. */
  get(name: string): WeightRef;
  has(name: string): boolean;
  names(): string[];
}

/** Wraps a table that makes each reference on demand. */
export function weightsOf(
  table: ReadonlyMap<string, () => WeightRef>,
  /** For messages: the file or files. */
  where: string,
): Weights {
  return {
    has: (name) => table.has(name),
    names: () => [...table.keys()],
    get(name) {
      const make = table.get(name);
      if (!make) {
        throw checkpointError(
          "CHECKPOINT_WEIGHT_MISSING",
          `${where}: no weight ${name}. The file is incomplete, or its config is another model's`,
          { file: where, weight: name },
        );
      }
      return make();
    },
  };
}

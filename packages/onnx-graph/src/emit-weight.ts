import type { ByteSource } from "@sunstep/files";
import { int } from "./attributes.js";
import type { NodeEmitter, Value } from "./emitter.js";
import type { DataType } from "./model.js";

/** A tensor as a range of bytes in a file; a `WeightRef` of `@sunstep/checkpoint` is one. */
export interface StoredWeight {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
  /** The file stores the transpose: `shape` reversed. */
  readonly transposed?: boolean;
}

/** Emits a weight in its stored type: an initializer that points into its file, and a Transpose where it is stored so. */
export function emitStoredWeight(emit: NodeEmitter, weight: StoredWeight): Value {
  const { name, dtype, shape, source, offset, length, transposed } = weight;
  const data = { kind: "external", source, offset, length } as const;
  if (!transposed) return emit.initializer(name, { dtype, shape, data });
  const stored = emit.initializer(name, { dtype, shape: shape.toReversed(), data });
  return emit.op("Transpose", [stored], {}, { name: `${name}/transposed` });
}

/** Emits a weight as float32: as `emitStoredWeight`, then a Cast from any other type. */
export function emitWeight(emit: NodeEmitter, weight: StoredWeight): Value {
  const stored = emitStoredWeight(emit, weight);
  if (stored.dtype === "float32") return stored;
  return emit.op("Cast", [stored], { to: int(1) }, { name: `${weight.name}/float32` });
}

import type { ByteSource } from "@sunstep/files";
import { elementCount, type Float8Format, float8Values } from "@sunstep/tensor";
import { int } from "./attributes.js";
import type { NodeEmitter, Value } from "./emitter.js";
import type { DataType } from "./model.js";
import { codeOfDataType } from "./onnx/data-type-codes.js";

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
  /** The elements are floating-point numbers of 8 bits, of a `dtype` "uint8". */
  readonly float8?: Float8Format;
  /** A factor of the elements, float32: one for all, or one for each row of the stored tensor. */
  readonly scale?: StoredWeight;
}

/**
 * Emits a weight in its stored type, or in float32 where that is a code (`float8`, `scale`): an initializer that points into
 * its file, and a Transpose where it is stored so.
 */
export function emitStoredWeight(emit: NodeEmitter, weight: StoredWeight): Value {
  const { name, dtype, shape, source, offset, length, transposed } = weight;
  const data = { kind: "external", source, offset, length } as const;
  const stored = emit.initializer(name, { dtype, shape: transposed ? shape.toReversed() : shape, data });
  const decoded = emit.scope(name, () => decode(emit, stored, weight));
  return transposed ? emit.op("Transpose", [decoded], {}, { name: `${name}/transposed` }) : decoded;
}

/** Looks floats of 8 bits up in a table, which every backend can, and multiplies by the scale. */
function decode(emit: NodeEmitter, stored: Value, { float8, scale }: StoredWeight): Value {
  const numbers = float8
    ? emit.op("Gather", [
        emit.floats(float8Values(float8)),
        emit.op("Cast", [stored], { to: int(codeOfDataType("int32")) }),
      ])
    : stored;
  if (!scale) return numbers;
  const factors = emitWeight(emit, scale);
  const rows = elementCount(factors.shape);
  const perRow = rows === 1 ? [] : [rows, ...stored.shape.slice(1).map(() => 1)];
  return emit.op("Mul", [toFloat32(emit, numbers), emit.op("Reshape", [factors, emit.ints(perRow)])]);
}

function toFloat32(emit: NodeEmitter, value: Value): Value {
  return value.dtype === "float32" ? value : emit.op("Cast", [value], { to: int(1) });
}

/** Emits a weight as float32: as `emitStoredWeight`, then a Cast from any other type. */
export function emitWeight(emit: NodeEmitter, weight: StoredWeight): Value {
  const stored = emitStoredWeight(emit, weight);
  if (stored.dtype === "float32") return stored;
  return emit.op("Cast", [stored], { to: int(1) }, { name: `${weight.name}/float32` });
}

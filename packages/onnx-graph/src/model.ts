// The model as plain data: values are referred to by name, so a model can be copied, compared and sent to a worker.
// `onnx/` reads and writes the file format.

import type { ByteSource } from "@sunstep/files";
import type { DataType as TensorDataType } from "@sunstep/tensor";

/** Element types, with the names that typed arrays and users know (ONNX TensorProto.DataType). */
export type DataType = TensorDataType | "string";

/** A type that is not given, or that is no tensor's: a sequence, a map or an optional value. */
export type OtherType = "unknown";

/** A fixed size, or the name of a size that is only known at run time. */
export type Dimension = number | string;

/** Type of a value; `shape` is absent where even the rank is unknown. */
export interface ValueType {
  readonly dtype: DataType | OtherType;
  readonly shape?: readonly Dimension[];
  /** The TypeProto of an "unknown" type as it stands in the file; absent where the file gives no type. */
  readonly encoded?: Uint8Array;
}

export interface NamedValue extends ValueType {
  readonly name: string;
}

export interface InlineData {
  readonly kind: "inline";
  /** Little-endian elements, row-major. Strings are the `string_data` fields of TensorProto as they stand in the file. */
  readonly bytes: Uint8Array;
}

export interface ExternalData {
  readonly kind: "external";
  /** The file of the weights; a runtime opens its `path` or `blob` itself. */
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
  /** Further external_data entries, kept as they are (ONNX Runtime stores prepacked weights in them). */
  readonly entries?: Readonly<Record<string, string>>;
}

export interface Initializer {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: InlineData | ExternalData;
}

/** An int64: a bigint where a number would not be exact. */
export type Integer = number | bigint;

export type Attribute =
  | { readonly type: "int"; readonly value: Integer }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "ints"; readonly value: readonly Integer[] }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "tensor"; readonly value: Initializer }
  | { readonly type: "graph"; readonly value: Graph }
  /** A string that is not UTF-8. */
  | { readonly type: "bytes"; readonly value: Uint8Array }
  /** Strings of which one is not UTF-8. */
  | { readonly type: "byteStrings"; readonly value: readonly Uint8Array[] }
  /** A TypeProto as it stands in the file. */
  | { readonly type: "type"; readonly value: Uint8Array };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly name: string;
  readonly op: string;
  /** "" is ai.onnx. */
  readonly domain: string;
  /** Names of values; "" stands for an optional input that is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly NamedValue[];
  readonly outputs: readonly NamedValue[];
  /** In topological order. */
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Initializer>;
  /** Types of the values that nodes produce, as far as they are known. */
  readonly values: ReadonlyMap<string, ValueType>;
}

export interface Model {
  readonly graph: Graph;
  /** Version of each operator set, by domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}

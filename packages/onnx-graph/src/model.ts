// The model as plain data: values are referred to by name, so a model can be copied, compared and sent to a
// worker. Nothing here knows how it is stored; `onnx/` reads and writes the file format.

import type { ByteSource } from "@sunstep/files";
import type { DataType as TensorDataType } from "@sunstep/tensor";

/** Element types, with the names that typed arrays and users know (ONNX TensorProto.DataType). */
export type DataType = TensorDataType | "string";

/** A fixed size, or the name of one that is only known at run time. */
export type Dimension = number | string;

/** Type of a value; `shape` is absent where even the rank is unknown. */
export interface ValueType {
  readonly dtype: DataType;
  readonly shape?: readonly Dimension[];
}

export interface NamedValue extends ValueType {
  readonly name: string;
}

export interface InlineData {
  readonly kind: "inline";
  /** Little-endian elements, row-major. */
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

export type Attribute =
  | { readonly type: "int"; readonly value: number }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "ints"; readonly value: readonly number[] }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "tensor"; readonly value: Initializer }
  | { readonly type: "graph"; readonly value: Graph };

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

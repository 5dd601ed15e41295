import type { DataType, Float8Format } from "@sunstep/tensor";

/** Bits of one element of each type that the safetensors format has (huggingface/safetensors, Dtype, 0.8). */
export const BITS_OF: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};

/** The types that have tensors in JavaScript and in ONNX. */
export const DATA_TYPE_OF: Readonly<Record<string, DataType>> = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  I16: "int16",
  U16: "uint16",
  F16: "float16",
  BF16: "bfloat16",
  I32: "int32",
  U32: "uint32",
  F32: "float32",
  F64: "float64",
  I64: "int64",
  U64: "uint64",
};

/** The floating-point types of 8 bits that are decoded by a table. */
export const FLOAT8_OF: Readonly<Record<string, Float8Format>> = { F8_E4M3: "e4m3fn", F8_E5M2: "e5m2" };

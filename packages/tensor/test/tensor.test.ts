import { describe, expect, it } from "vitest";
import {
  arrayClasses,
  bytesPerElement,
  type DataType,
  dataTypes,
  elementCount,
  isDataType,
  type Tensor,
  tensor,
  toFloat32,
  zeros,
} from "../src/index.js";

describe("tensor", () => {
  it("puts a shape on the array it was given", () => {
    const data = new Float32Array(6);
    const made = tensor(data, [2, 3]);
    expect(made).toEqual({ dtype: "float32", shape: [2, 3], data });
    expect(made.data).toBe(data);
  });

  it("takes scalars and empty tensors", () => {
    expect(tensor(new Float32Array(1), []).shape).toEqual([]);
    expect(tensor(new BigInt64Array(0), [0, 3], "int64").data.length).toBe(0);
  });

  it.each([[[2, 2]], [[-1, -5]], [[2.5, 2]], [[Number.NaN]]])(
    "refuses shape [%s] for 5 elements",
    (shape) => {
      expect(() => tensor(new Float32Array(5), shape)).toThrow(
        expect.objectContaining({ code: "TENSOR_SHAPE" }),
      );
    },
  );

  it("refuses an array of another type, and an unknown type", () => {
    const refused = expect.objectContaining({ code: "TENSOR_DATA_TYPE" });
    const wrong = new Float32Array(1) as unknown as BigInt64Array;
    expect(() => tensor(wrong, [1], "int64")).toThrow(refused);
    expect(() => zeros([1], "float8" as DataType)).toThrow(refused);
    expect(() => bytesPerElement("constructor" as DataType)).toThrow(refused);
  });

  it.each([...dataTypes])("makes zeros of %s", (dtype) => {
    const made = zeros([2, 2], dtype);
    expect(made.data).toBeInstanceOf(arrayClasses[dtype]);
    expect(made.data.byteLength).toBe(4 * bytesPerElement(dtype));
    expect([...toFloat32(made)]).toEqual([0, 0, 0, 0]);
    expect(isDataType(dtype)).toBe(true);
  });

  it("counts elements", () => {
    expect([elementCount([]), elementCount([2, 3, 4]), elementCount([0, 7])]).toEqual([1, 24, 0]);
  });
});

describe("toFloat32", () => {
  const values: Tensor[] = [
    tensor(Float32Array.of(1, -2), [2]),
    tensor(Float64Array.of(1, -2), [2], "float64"),
    tensor(Uint16Array.of(0x3c00, 0xc000), [2], "float16"),
    tensor(Uint16Array.of(0x3f80, 0xc000), [2], "bfloat16"),
    tensor(BigInt64Array.of(1n, -2n), [2], "int64"),
    tensor(Int8Array.of(1, -2), [2], "int8"),
  ];
  it.each(values.map((value) => [value.dtype, value] as const))("reads %s", (_, value) => {
    expect([...toFloat32(value)]).toEqual([1, -2]);
  });

  it("does not copy float32", () => {
    expect(toFloat32(values[0]!)).toBe(values[0]!.data);
  });
});

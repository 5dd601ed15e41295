import { float8Values } from "@sunstep/tensor";
import { runOnnx } from "@sunstep/testing";
import { expect, it } from "vitest";
import { emitWeight, GraphBuilder, type StoredWeight, writeOnnx } from "../src/index.js";

/** A weight [2, 3] at the beginning of a file of `bytes`. */
function stored(bytes: Uint8Array, fields: Partial<StoredWeight>): StoredWeight {
  const source = {
    name: "weights.bin",
    size: bytes.length,
    read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  return { name: "w", dtype: "uint8", shape: [2, 3], source, offset: 0, length: 6, ...fields };
}

/** The weight's values as ONNX Runtime computes them. */
async function valuesOf(bytes: Uint8Array, fields: Partial<StoredWeight>): Promise<number[]> {
  const graph = new GraphBuilder({ name: "weights", opsets: { "": 17 } });
  graph.output("y", emitWeight(graph, stored(bytes, fields)));
  const { y } = await runOnnx(writeOnnx(graph.build()), {}, { externalData: { "weights.bin": bytes } });
  return Array.from(y!.data as Float32Array);
}

const bytes = Uint8Array.of(0, 1, 56, 126, 184, 254, 0, 0, 0, 0x40, 0, 0, 0x80, 0x3f);
const floats = [...bytes.subarray(0, 6)].map((byte) => float8Values("e4m3fn")[byte]!);
const scale = (shape: readonly number[]): StoredWeight =>
  stored(bytes, { name: "s", dtype: "float32", shape, offset: 6, length: 4 * (shape[0] ?? 1) });

it("decodes floats of 8 bits", async () => {
  expect(await valuesOf(bytes, { float8: "e4m3fn" })).toEqual(floats);
  expect(await valuesOf(bytes, { float8: "e5m2" })).toEqual(
    [...bytes.subarray(0, 6)].map((byte) => float8Values("e5m2")[byte]),
  );
});

it("multiplies by one scale, 2, or by one for each row, 2 and 1", async () => {
  expect(await valuesOf(bytes, { float8: "e4m3fn", scale: scale([]) })).toEqual(floats.map((v) => 2 * v));
  expect(await valuesOf(bytes, { float8: "e4m3fn", scale: scale([2, 1]) })).toEqual(
    floats.map((value, i) => (i < 3 ? 2 * value : value)),
  );
  expect(await valuesOf(bytes, { dtype: "int8", scale: scale([2]) })).toEqual([0, 2, 112, 126, -72, -2]);
});

it("scales the rows that are stored, and transposes then", async () => {
  const [a, b, c, d, e, f] = floats.map((value, i) => (i < 3 ? 2 * value : value));
  const transposed = { float8: "e4m3fn", scale: scale([2]), shape: [3, 2], transposed: true } as const;
  expect(await valuesOf(bytes, transposed)).toEqual([a, d, b, e, c, f]);
});

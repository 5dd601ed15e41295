import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arrayClasses, type DataType, dataTypes, elementCount, type Tensor, tensor } from "@sunstep/tensor";
import { readSafetensors } from "@sunstep/testing";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { memorySource, openSafetensors, readWeight, writeSafetensors } from "../src/index.js";

const temporary = mkdtempSync(join(tmpdir(), "sunstep-checkpoint-"));
afterAll(() => rmSync(temporary, { recursive: true }));

/** A tensor of these random bytes, as often as they are needed. */
function made(dtype: DataType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const data = new arrayClasses[dtype](elementCount(shape));
  const all = new Uint8Array(data.buffer);
  for (let i = 0; i < all.length; i++) all[i] = bytes[i % bytes.length]!;
  return { dtype, shape, data };
}

const tensors = fc
  .array(
    fc.tuple(
      fc.string({ unit: "grapheme", maxLength: 12 }).filter((name) => name !== "__metadata__"),
      fc
        .record({
          dtype: fc.constantFrom(...dataTypes),
          shape: fc.array(fc.nat(4), { maxLength: 4 }),
          bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
        })
        .map(({ dtype, shape, bytes }) => made(dtype, shape, bytes)),
    ),
    { maxLength: 6 },
  )
  .map((entries): Record<string, Tensor> => Object.fromEntries(entries));
const metadata = fc.dictionary(fc.string(), fc.string({ unit: "grapheme" }), { maxKeys: 3 });

const bytesOf = ({ data }: Tensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

it("writes every tensor, to the bit, and all metadata", async () => {
  await fc.assert(
    fc.asyncProperty(tensors, metadata, async (given, notes) => {
      const file = await openSafetensors(memorySource(writeSafetensors(given, notes)));
      expect({ ...file.metadata }).toEqual({ ...notes });
      expect(file.weights.names().sort()).toEqual(Object.keys(given).sort());
      for (const [name, expected] of Object.entries(given)) {
        const { dtype, shape, ...read } = await readWeight(file.weights.get(name));
        expect({ dtype, shape }).toEqual({ dtype: expected.dtype, shape: expected.shape });
        expect(bytesOf({ dtype, shape, ...read })).toEqual(bytesOf(expected));
        expect(file.weights.get(name).offset % arrayClasses[dtype].BYTES_PER_ELEMENT).toBe(0);
      }
    }),
  );
});

it("writes files that an independent reader reads", () => {
  const path = join(temporary, "written.safetensors");
  const given = {
    "a.half": tensor(Uint16Array.of(0x3c00, 0xc000, 1), [3], "float16"),
    b: tensor(Float32Array.of(1.5, -2, 3, 4, 5, 6).subarray(1, 5), [2, 2]),
    steps: tensor(BigInt64Array.of(2n ** 60n), [], "int64"),
  };
  writeFileSync(path, writeSafetensors(given, { format: "pt" }));
  const read = readSafetensors(path);
  expect(read.get("a.half")).toEqual({ dtype: "F16", shape: [3], data: Float32Array.of(1, -2, 2 ** -24) });
  expect(read.get("b")).toEqual({ dtype: "F32", shape: [2, 2], data: Float32Array.of(-2, 3, 4, 5) });
  expect(read.get("steps")).toEqual({ dtype: "I64", shape: [], data: BigInt64Array.of(2n ** 60n) });
});

it("rejects the reserved name and data that do not fill their shape", () => {
  const x = tensor(Float32Array.of(1), [1]);
  expect(() => writeSafetensors({ __metadata__: x })).toThrow(
    expect.objectContaining({ code: "CHECKPOINT_HEADER" }),
  );
  expect(() => writeSafetensors({ x: { ...x, shape: [2] } })).toThrow(
    expect.objectContaining({ code: "TENSOR_SHAPE" }),
  );
});

import { float8Values, tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { openSafetensors, readWeight } from "../src/index.js";
import { errorOf } from "./errors-of.js";
import { rawSafetensors } from "./made-up-tensors.js";

interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const weight = (dtype: string, bytes: readonly number[]): Stored => ({
  dtype,
  shape: [2, 2],
  bytes: Uint8Array.from(bytes),
});
const scales = (shape: readonly number[], ...values: number[]): Stored => ({
  dtype: "F32",
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});
const quant = (format: object): Stored => {
  const bytes = new TextEncoder().encode(JSON.stringify(format));
  return { dtype: "U8", shape: [bytes.length], bytes };
};

/** Opens a file of these tensors. */
function open(tensors: Readonly<Record<string, Stored>>, metadata: Record<string, string> = {}) {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const begin = end;
    end += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const header = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const file = rawSafetensors(
    header,
    Object.values(tensors).map(({ bytes }) => bytes),
  );
  return openSafetensors({
    name: "model.safetensors",
    size: file.length,
    read: async (offset, length) => file.subarray(offset, offset + length),
  });
}

const read = async (tensors: Readonly<Record<string, Stored>>, metadata?: Record<string, string>) => {
  const file = await open(tensors, metadata);
  expect([...file.tensors.keys()]).toEqual(["layer.weight"]);
  return readWeight(file.weights.get("layer.weight"));
};

const e4m3 = float8Values("e4m3fn");
const e5m2 = float8Values("e5m2");

describe("openSafetensors on quantised layers", () => {
  it("decodes floats of 8 bits", async () => {
    expect(await read({ "layer.weight": weight("F8_E4M3", [0, 56, 184, 126]) })).toEqual(
      tensor(Float32Array.of(0, 1, -1, 448), [2, 2]),
    );
    expect(await read({ "layer.weight": weight("F8_E5M2", [0, 60, 188, 123]) })).toEqual(
      tensor(Float32Array.of(0, 1, -1, 57344), [2, 2]),
    );
  });

  it("multiplies by a layer's scale, or by a scale for each row", async () => {
    const int8 = { "layer.comfy_quant": quant({ format: "int8_tensorwise", convrot: false }) };
    const numbers = weight("I8", [1, 255, 127, 129]);
    expect(await read({ ...int8, "layer.weight": numbers, "layer.weight_scale": scales([], 0.5) })).toEqual(
      tensor(Float32Array.of(0.5, -0.5, 63.5, -63.5), [2, 2]),
    );
    expect(
      await read({ ...int8, "layer.weight": numbers, "layer.weight_scale": scales([2, 1], 0.5, 2) }),
    ).toEqual(tensor(Float32Array.of(0.5, -0.5, 254, -254), [2, 2]));
  });

  it("reads formats from the metadata, float8 that is stored as U8, and files marked as a whole", async () => {
    const inMetadata = { layers: { layer: { format: "float8_e5m2" }, other: { format: "nvfp4" } } };
    const expected = tensor(
      Float32Array.from([1, 2, 3, 200], (byte) => 4 * e5m2[byte]!),
      [2, 2],
    );
    const bytes = [1, 2, 3, 200];
    expect(
      await read(
        { "layer.weight": weight("U8", bytes), "layer.weight_scale": scales([1], 4) },
        { _quantization_metadata: JSON.stringify(inMetadata) },
      ),
    ).toEqual(expected);
    const marker = { dtype: "F8_E4M3", shape: [0], bytes: new Uint8Array() };
    expect(
      await read({
        scaled_fp8: marker,
        "layer.weight": weight("F8_E4M3", bytes),
        "layer.scale_weight": scales([], 4),
        "layer.scale_input": scales([], 9),
      }),
    ).toEqual(
      tensor(
        Float32Array.from(bytes, (byte) => 4 * e4m3[byte]!),
        [2, 2],
      ),
    );
  });

  it.each([
    ["another format", { format: "nvfp4" }, weight("U8", [1, 2, 3, 4]), scales([], 1), /nvfp4/],
    [
      "rotated weights",
      { format: "int8_tensorwise", convrot: true },
      weight("I8", [1, 2, 3, 4]),
      scales([2, 1], 1, 1),
      /int8_tensorwise with convrot/,
    ],
    [
      "another type",
      { format: "int8_tensorwise" },
      weight("F8_E4M3", [1, 2, 3, 4]),
      scales([], 1),
      /F8_E4M3/,
    ],
    [
      "scales of blocks",
      { format: "int8_tensorwise" },
      weight("I8", [1, 2, 3, 4]),
      scales([4], 1, 1, 1, 1),
      /\[4\]/,
    ],
    [
      "integers without a scale",
      { format: "int8_tensorwise" },
      weight("I8", [1, 2, 3, 4]),
      undefined,
      /no scale/,
    ],
  ] as const)("refuses %s", async (_, format, numbers, scale, message) => {
    const error = await errorOf(
      open({
        "layer.weight": numbers,
        "layer.comfy_quant": quant(format),
        ...(scale && { "layer.weight_scale": scale }),
      }),
    );
    expect(error).toMatchObject({ code: "CHECKPOINT_UNSUPPORTED", details: { layer: "layer" } });
    expect(error.message).toMatch(message);
  });

  it("leaves integers without a format to the reader, which refuses them as weights", async () => {
    const file = await open({
      "layer.weight": weight("I8", [1, 2, 3, 4]),
      "layer.weight_scale": scales([], 1),
    });
    expect(file.weights.get("layer.weight")).toMatchObject({ dtype: "int8" });
    expect(file.weights.get("layer.weight")).not.toHaveProperty("scale");
  });
});

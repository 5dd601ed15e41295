import { readFileSync } from "node:fs";
import type { ByteSource } from "@sunstep/files";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { readOnnx } from "../src/index.js";

/** A folder in which only small.bin and the hostile models themselves exist. */
async function open(location: string): Promise<ByteSource | undefined> {
  const bytes = new Uint8Array(32);
  const present = location !== "weights_not_here.bin";
  return present ? { name: location, size: bytes.length, read: async () => bytes } : undefined;
}

const load = (file: string) => readOnnx(readFileSync(fixture(`hostile/${file}`)), { open, file });

it.each(["ok.onnx", "no_attention.onnx"])("reads %s", async (file) => {
  const { graph } = await load(file);
  expect(graph.nodes.map((node) => node.op)).toEqual(["MatMul"]);
});

it.each([
  ["truncated.onnx", "ONNX_TRUNCATED", /cut short/],
  ["not_protobuf.onnx", "ONNX_NOT_A_MODEL", /not an ONNX model/],
  ["external_missing.onnx", "ONNX_EXTERNAL_MISSING", /external_missing\.onnx.*weights_not_here\.bin/],
  ["external_escape.onnx", "ONNX_EXTERNAL_PATH", /leaves the model's folder/],
  ["external_escape_backslash.onnx", "ONNX_EXTERNAL_PATH", /leaves the model's folder/],
  ["external_absolute.onnx", "ONNX_EXTERNAL_PATH", /leaves the model's folder/],
  ["external_length_overflow.onnx", "ONNX_EXTERNAL_RANGE", /needs 64 bytes/],
  ["external_short.onnx", "ONNX_EXTERNAL_RANGE", /needs 64 bytes.*which has 32/],
  ["raw_data_short.onnx", "ONNX_INITIALIZER_SIZE", /w .*needs 64 bytes, has 8/],
  ["cycle.onnx", "ONNX_CYCLE", /cycle/],
  ["undefined_input.onnx", "ONNX_UNDEFINED_VALUE", /nope/],
  ["unknown_op.onnx", "ONNX_OPERATOR_UNKNOWN", /NoSuchOp/],
  ["opset_future.onnx", "ONNX_OPSET_UNSUPPORTED", /9999/],
])("rejects %s with %s", async (file, code, message) => {
  await expect(load(file)).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

// The page of the test with a large file: a model whose weights lie far apart in it.
import type { ByteSource } from "@sunstep/files";
import { GraphBuilder, type Value } from "@sunstep/onnx-graph";
import { tensor } from "@sunstep/tensor";
import { createWebRuntime } from "../src/index.js";

export interface Layout {
  readonly weights: number;
  /** [rows, columns] of each, float32. */
  readonly shape: readonly [number, number];
  /** Bytes from one to the next. */
  readonly stride: number;
}

document.body.append(Object.assign(document.createElement("input"), { type: "file" }));

export const largeFilePage = {
  /** Loads a model over the file that was picked, and returns the sum of the weights' first numbers. */
  async sumOfFirsts({ weights, shape, stride }: Layout) {
    const blob = document.querySelector("input")!.files![0]!;
    const source: ByteSource = {
      name: blob.name,
      size: blob.size,
      blob,
      read: () => Promise.reject(new Error("read in the page")),
    };
    const length = 4 * shape[0] * shape[1];
    const graph = new GraphBuilder({ name: "large", opsets: { "": 17 } });
    const row = graph.input("row", "int64", [1]);
    let sum: Value | undefined;
    for (let i = 0; i < weights; i++) {
      const data = { kind: "external", source, offset: i * stride, length } as const;
      const weight = graph.initializer(`weight${i}`, { dtype: "float32", shape, data });
      const first = graph.op("Gather", [weight, row]);
      sum = sum ? graph.op("Add", [sum, first]) : first;
    }
    graph.output("sum", sum!);
    const runtime = await createWebRuntime({ device: "wasm" });
    const session = await runtime.load(graph.build());
    const result = await session.run({ row: tensor(BigInt64Array.of(0n), [1], "int64") });
    await runtime.dispose();
    return Number(result.sum!.data[0]);
  },
};

Object.assign(globalThis, { largeFilePage });

import { GraphBuilder, type DataType as GraphDataType, int, int64Data } from "@sunstep/onnx-graph";
import { encodeFloat16, tensor } from "@sunstep/tensor";
import type { CaseTable } from "./case.js";
import { expectClose, expectTrue } from "./expect.js";
import { floats, opsets } from "./models.js";

/** TensorProto.DataType codes, for Cast. */
const codes = { float32: 1, int64: 7, bool: 9, float16: 10 } as const;

function cast(from: GraphDataType, to: keyof typeof codes) {
  const graph = new GraphBuilder({ name: "cast", opsets });
  graph.output("y", graph.op("Cast", [graph.input("x", from, [3])], { to: int(codes[to]) }));
  return graph.build();
}

export const dataTypeCases: CaseTable = {
  async "takes and returns float16"({ runtime }) {
    const session = await (await runtime()).load(cast("float32", "float16"));
    const { y } = await session.run({ x: floats([1, -2.5, 65504]) });
    expectTrue(y!.dtype === "float16" && y!.data instanceof Uint16Array, `${y!.dtype}`);
    expectClose(y!.data, encodeFloat16(Float32Array.of(1, -2.5, 65504)));
    await session.dispose();
    const back = await (await runtime()).load(cast("float16", "float32"));
    const halves = encodeFloat16(Float32Array.of(0.5, -3, 6));
    const { y: single } = await back.run({ x: tensor(halves, [3], "float16") });
    expectClose(single!.data, [0.5, -3, 6]);
    await back.dispose();
  },

  async "takes and returns int64 beyond 2^53"({ runtime }) {
    const graph = new GraphBuilder({ name: "int64", opsets });
    const x = graph.input("x", "int64", [2]);
    graph.output("y", graph.op("Add", [x, graph.initializer("one", int64Data([1, 1]))]));
    const session = await (await runtime()).load(graph.build());
    const { y } = await session.run({ x: tensor(BigInt64Array.of(-5n, 2n ** 60n), [2], "int64") });
    expectTrue(y!.data instanceof BigInt64Array, "not a BigInt64Array");
    expectTrue(String(y!.data) === `-4,${2n ** 60n + 1n}`, `${y!.data}`);
    await session.dispose();
  },

  async "takes and returns bool"({ runtime }) {
    const graph = new GraphBuilder({ name: "bool", opsets });
    graph.output("y", graph.op("Not", [graph.input("x", "bool", [3])]));
    const session = await (await runtime()).load(graph.build());
    const { y } = await session.run({ x: tensor(Uint8Array.of(1, 0, 1), [3], "bool") });
    expectTrue(y!.dtype === "bool" && y!.data instanceof Uint8Array, y!.dtype);
    expectClose(y!.data as Uint8Array, [0, 1, 0]);
    await session.dispose();
  },

  async "takes a view of part of a buffer, which stays the caller's"({ runtime }) {
    const session = await (await runtime()).load(cast("float32", "float32"));
    const buffer = Float32Array.of(9, 1, 2, 3, 9);
    const { y } = await session.run({ x: tensor(buffer.subarray(1, 4), [3]) });
    expectClose(y!.data, [1, 2, 3]);
    expectClose(buffer, [9, 1, 2, 3, 9]);
    await session.dispose();
  },
};

import { describe, expect, it } from "vitest";
import { checkModel, float32Data, GraphBuilder, int, int64Data } from "../src/index.js";
import { runModel } from "./run-model.js";

const builder = () => new GraphBuilder({ name: "test", opsets: { "": 23 }, metadata: { from: "here" } });

describe("GraphBuilder", () => {
  it("builds a model that computes the emitted operators", async () => {
    const b = builder();
    const x = b.input("x", "float32", [2, 3]);
    const w = b.initializer("w", float32Data([1, 2, 3, 4, 5, 6], [3, 2]));
    b.output("y", b.op("Add", [b.op("MatMul", [x, w]), b.floats([10, 20])]));
    const model = b.build();
    checkModel(model);
    expect(model.metadata).toEqual({ from: "here" });
    expect(model.graph.outputs).toEqual([{ name: "y", dtype: "float32", shape: [2, 2] }]);
    const feeds = { x: { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 0, 0, 0, 1, 1) } };
    expect([...(await runModel(model, feeds)).y!.data]).toEqual([11, 22, 18, 30]);
  });

  it("names nodes by scope and makes names unique", () => {
    const b = builder();
    const x = b.input("x", "float32", [1]);
    b.scope("block", () => {
      const first = b.op("Relu", [x]);
      const second = b.scope("inner", () => b.op("Relu", [first], {}, { name: "act" }));
      const third = b.op("Relu", [second]);
      expect([first.name, second.name, third.name]).toEqual([
        "block/Relu",
        "block/inner/act",
        "block/Relu_1",
      ]);
    });
    expect(() => b.scope("broken", () => b.op("NoSuchOp", [x]))).toThrow();
    expect(b.op("Relu", [x]).name).toBe("Relu");
    const names = b.build().graph.nodes.map((node) => node.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("writes no absent inputs at a node's end", () => {
    const b = builder();
    const x = b.input("x", "float32", [1, 1, 4, 4]);
    b.output("y", b.op("Conv", [x, b.floats([1], [1, 1, 1, 1]), undefined]));
    b.output("z", b.op("Clip", [x, undefined, b.scalar(1)]));
    const count = (op: string) => b.build().graph.nodes.find((node) => node.op === op)?.inputs.length;
    expect([count("Conv"), count("Clip")]).toEqual([2, 3]);
  });

  it("shares equal constants and no others", () => {
    const b = builder();
    expect(b.ints([1, 2]).name).toBe(b.ints([1, 2]).name);
    expect(b.ints([12]).name).not.toBe(b.ints([1, 2]).name);
    expect(b.scalar(1).name).not.toBe(b.floats([1]).name);
    expect(b.floats([1, 1], [2]).name).not.toBe(b.floats([1, 1], [1, 2]).name);
    const long = Array.from({ length: 50 }, (_, i) => i);
    expect(b.ints(long).name).toBe(b.ints(long).name);
    expect(b.ints(long).name).not.toBe(b.ints([...long, 50]).name);
    expect(b.constantNumbers(b.ints([1, 2]))).toEqual([1, 2]);
  });

  it("names each output of a node", () => {
    const b = builder();
    const x = b.input("x", "float32", [4, 2]);
    const [left, right] = b.ops("Split", [x, b.ints([1, 3])], 2, { axis: int(0) });
    expect([left!.name, right!.name]).toEqual(["Split", "Split:1"]);
    expect([left!.shape, right!.shape]).toEqual([
      [1, 2],
      [3, 2],
    ]);
  });

  it("finds values by name and rejects unknown names", () => {
    const b = builder();
    b.input("x", "float32", [4, 2]);
    b.initializer("w", int64Data([1]));
    expect(b.value("x")).toEqual({ name: "x", dtype: "float32", shape: [4, 2] });
    expect(b.value("w")).toEqual({ name: "w", dtype: "int64", shape: [1] });
    expect(() => b.value("y")).toThrow(expect.objectContaining({ code: "ONNX_UNDEFINED_VALUE" }));
  });
});

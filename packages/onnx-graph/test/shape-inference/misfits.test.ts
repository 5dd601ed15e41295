import { describe, expect, it } from "vitest";
import { type GraphBuilder, int, string } from "../../src/index.js";
import { build, type Emit, input } from "./generators.js";

const misfits: readonly [string, Emit, RegExp][] = [
  ["MatMul", (b) => [b.op("MatMul", [input(b, [2, 3], "a"), input(b, [4, 2], "c")])], /inner dimensions/],
  ["Add", (b) => [b.op("Add", [input(b, [2, 3], "a"), input(b, [2], "c")])], /broadcast/],
  ["Reshape", (b) => [b.op("Reshape", [input(b, [2, 3]), b.ints([4, -1])])], /cannot become \[4, -1\]/],
  [
    "Concat",
    (b) => [b.op("Concat", [input(b, [2, 3], "a"), input(b, [2, 4], "c")], { axis: int(0) })],
    /axis 0/,
  ],
  [
    "Conv",
    (b) => [b.op("Conv", [input(b, [1, 3, 8, 8]), input(b, [4, 2, 3, 3], "w")])],
    /3 channels.*takes 2/,
  ],
  [
    "ConvTranspose",
    (b) => [
      b.op("ConvTranspose", [input(b, [1, 3, 8, 8]), input(b, [3, 2, 3, 3], "w")], {
        auto_pad: string("SAME_UPPER"),
      }),
    ],
    /auto_pad SAME/,
  ],
  ["Split", (b) => b.ops("Split", [input(b, [5]), b.ints([2, 2])], 2, { axis: int(0) }), /add up/],
  ["Softmax", (b) => [b.op("Softmax", [undefined])], /needs its input 0/],
  [
    "Gather",
    (b) => [b.op("Gather", [input(b, [2]), b.ints([0])], { axis: int(3) })],
    /axis 3 is out of range/,
  ],
  [
    "Expand",
    (b) => [b.op("Expand", [input(b, [2]), b.input("s", "int64", [1])])],
    /input 1 must be a constant/,
  ],
  [
    "Attention",
    (b) => [
      b.op("Attention", [input(b, [1, 4, 8], "q"), input(b, [1, 5, 6], "k"), input(b, [1, 5, 8], "v")], {
        q_num_heads: int(2),
        kv_num_heads: int(2),
      }),
    ],
    /query, key and value do not fit/,
  ],
];

describe("shape inference rejects inputs that do not fit", () => {
  it.each(misfits)("%s", (_, emit, message) => {
    expect(() => build(emit)).toThrow(message);
    expect(() => build(emit)).toThrow(expect.objectContaining({ code: "GRAPH_SHAPE" }));
  });

  it("names an output that the operator's rule does not know", () => {
    expect(() => build((b) => b.ops("Relu", [input(b, [1])], 2))).toThrow(
      expect.objectContaining({
        code: "GRAPH_SHAPE",
        message: "Relu([1]): there is no rule for its output 1",
      }),
    );
  });

  it("rejects sizes that are no whole numbers", () => {
    const emit = (b: GraphBuilder) => [b.op("DepthToSpace", [input(b, [1, 3, 2, 2])], { blocksize: int(2) })];
    expect(() => build(emit)).toThrow("its output would have the shape [1, 0.75, 4, 4]");
  });

  it("names an operator without a rule", () => {
    expect(() => build((b) => [b.op("NoSuchOp", [input(b, [1])])])).toThrow(
      expect.objectContaining({
        code: "ONNX_OPERATOR_UNKNOWN",
        message: expect.stringContaining("NoSuchOp"),
      }),
    );
  });
});

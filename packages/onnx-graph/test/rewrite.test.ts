// Every rule below is run on graphs where it must apply and on graphs where it must not; results are compared with
// what the graph computed before.
import { describe, expect, it } from "vitest";
import {
  checkModel,
  defineRule,
  GraphBuilder,
  int,
  type Miss,
  type Model,
  type Pattern,
  type RewriteRule,
  rewrite,
  type Value,
} from "../src/index.js";
import { runModel } from "./run-model.js";

function build(emit: (b: GraphBuilder, x: Value, y: Value) => Record<string, Value>): Model {
  const b = new GraphBuilder({ name: "test", opsets: { "": 23, "com.microsoft": 1 } });
  const outputs = emit(b, b.input("x", "float32", [2, 4]), b.input("y", "float32", [2, 4]));
  for (const [name, value] of Object.entries(outputs)) b.output(name, value);
  return b.build();
}

const ops = (model: Model) => model.graph.nodes.map((node) => node.op).filter((op) => op !== "Identity");

/** Runs the rule, checks the model and that its outputs have not changed, and returns its operators. */
async function applied(model: Model, ...rules: RewriteRule[]): Promise<string[]> {
  const { model: after, modified } = rewrite("test", rules).run(model);
  checkModel(after);
  expect(modified).toBe(after !== model);
  const before = await runModel(model);
  for (const [name, { shape, data }] of Object.entries(await runModel(after))) {
    expect(shape).toEqual(before[name]!.shape);
    expect(data).toBeAllclose(before[name]!.data, { atol: 1e-6 });
  }
  expect(after.graph.outputs).toEqual(model.graph.outputs);
  return ops(after);
}

const silu: RewriteRule = {
  name: "silu",
  pattern: { op: "Mul", commutative: true, inputs: ["x", { op: "Sigmoid", inputs: ["x"] }] },
  replace: ({ emit, value }) => [
    emit.op("QuickGelu", [value("x")], { alpha: { type: "float", value: 1 } }, { domain: "com.microsoft" }),
  ],
};

describe("rewrite", () => {
  it("replaces a match", async () => {
    const model = build((b, x) => ({ out: b.op("Relu", [b.op("Mul", [x, b.op("Sigmoid", [x])])]) }));
    expect(await applied(model, silu)).toEqual(["QuickGelu", "Relu"]);
  });

  it("takes the first two inputs of a commutative operator in either order", async () => {
    const model = build((b, x) => ({ out: b.op("Mul", [b.op("Sigmoid", [x]), x]) }));
    expect(await applied(model, silu)).toEqual(["QuickGelu"]);
    const { commutative: _, ...pattern } = silu.pattern;
    expect(await applied(model, { ...silu, pattern })).toEqual(["Sigmoid", "Mul"]);
  });

  it("requires a name that occurs twice to be the same value", async () => {
    const model = build((b, x, y) => ({ out: b.op("Mul", [y, b.op("Sigmoid", [x])]) }));
    expect(await applied(model, silu)).toEqual(["Sigmoid", "Mul"]);
  });

  it("leaves a match alone whose inner values are read elsewhere", async () => {
    const model = build((b, x) => {
      const gate = b.op("Sigmoid", [x]);
      return { out: b.op("Mul", [x, gate]), gate };
    });
    expect(await applied(model, silu)).toEqual(["Sigmoid", "Mul"]);
  });

  it("keeps a shared node for its other readers", async () => {
    const shared: RewriteRule = {
      ...silu,
      pattern: { op: "Mul", inputs: ["x", { op: "Sigmoid", inputs: ["x"], shared: true }] },
    };
    const model = build((b, x) => {
      const gate = b.op("Sigmoid", [x]);
      return { out: b.op("Mul", [x, gate]), gate };
    });
    expect(await applied(model, shared)).toEqual(["Sigmoid", "QuickGelu"]);
    const alone = build((b, x) => ({ out: b.op("Mul", [x, b.op("Sigmoid", [x])]) }));
    expect(await applied(alone, shared)).toEqual(["QuickGelu"]);
  });

  it("matches one of several operators and remembers the node", async () => {
    const rule: RewriteRule = {
      name: "fold",
      pattern: { op: ["Relu", "Abs"], as: "outer", inputs: [{ op: "Relu", inputs: ["x"] }] },
      replace: ({ emit, value, node }) => [
        emit.op(node("outer").op === "Abs" ? "Relu" : "Relu", [value("x")]),
      ],
    };
    const model = build((b, x) => ({ out: b.op("Abs", [b.op("Relu", [b.op("Relu", [x])])]) }));
    expect(await applied(model, rule)).toEqual(["Relu"]);
  });

  it("matches absent inputs with undefined only, and extra inputs not at all", async () => {
    const clip = (inputs: Pattern["inputs"]): RewriteRule => ({
      name: "clip",
      pattern: { op: "Clip", ...(inputs && { inputs }) },
      replace: ({ emit, value }) => [emit.op("Min", [value("x"), value("high")])],
    });
    const rule = clip(["x", undefined, "high"]);
    const above = build((b, x) => ({ out: b.op("Clip", [x, undefined, b.scalar(0.5)]) }));
    expect(await applied(above, rule)).toEqual(["Min"]);
    const both = build((b, x) => ({ out: b.op("Clip", [x, b.scalar(-1), b.scalar(0.5)]) }));
    expect(await applied(both, rule)).toEqual(["Clip"]);
    const bare = build((b, x) => ({ out: b.op("Clip", [x]) }));
    expect(await applied(bare, rule)).toEqual(["Clip"]);
    expect(await applied(above, clip(["x"]))).toEqual(["Clip"]);
  });

  it("leaves a match that the rule's check rejects", async () => {
    const shy: RewriteRule = { ...silu, name: "shy", check: () => "it is shy" };
    const model = build((b, x) => ({ out: b.op("Mul", [x, b.op("Sigmoid", [x])]) }));
    expect(rewrite("shy", [shy]).run(model)).toEqual({ model, modified: false });
    expect(await applied(model, shy, silu)).toEqual(["QuickGelu"]);
  });

  it("leaves a node whose further output is read and not replaced", async () => {
    const first: RewriteRule = {
      name: "first half",
      pattern: { op: "Split", inputs: ["x", "sizes"] },
      replace: ({ emit, value }) => [
        emit.op("Slice", [value("x"), emit.ints([0]), emit.ints([2]), emit.ints([1])]),
      ],
    };
    const halves = (count: 1 | 2) =>
      build((b, x) => {
        const [left, right] = b.ops("Split", [x, b.ints([2, 2])], 2, { axis: int(1) });
        return count === 1 ? { left: left! } : { left: left!, right: right! };
      });
    expect(await applied(halves(1), first)).toEqual(["Slice"]);
    expect(await applied(halves(2), first)).toEqual(["Split"]);
  });

  it("leaves a match in which a further output of an inner node is read elsewhere", async () => {
    const relu: RewriteRule = {
      name: "relu of a half",
      pattern: { op: "Relu", inputs: [{ op: "Split", inputs: ["x", "sizes"] }] },
      replace: ({ emit, value }) => [
        emit.op("Slice", [emit.op("Relu", [value("x")]), emit.ints([0]), emit.ints([2]), emit.ints([1])]),
      ],
    };
    const model = build((b, x) => {
      const [left, right] = b.ops("Split", [x, b.ints([2, 2])], 2, { axis: int(1) });
      return { left: b.op("Relu", [left]), right: right! };
    });
    expect(await applied(model, relu)).toEqual(["Split", "Relu"]);
  });

  it("replaces a node with several outputs", async () => {
    const splitInTwo: RewriteRule = {
      name: "split",
      pattern: { op: "Split", inputs: ["x", "sizes"] },
      replace: ({ emit, value }) =>
        [0, 2].map((at) =>
          emit.op("Slice", [value("x"), emit.ints([at]), emit.ints([at + 2]), emit.ints([1])]),
        ),
    };
    const model = build((b, x, y) => {
      const [left, right] = b.ops("Split", [x, b.ints([2, 2])], 2, { axis: int(1) });
      return { left: b.op("Relu", [left!]), right: b.op("Concat", [right!, y], { axis: int(1) }) };
    });
    expect((await applied(model, splitInTwo)).sort()).toEqual(["Concat", "Relu", "Slice", "Slice"]);
  });

  it("accepts an existing value, or one value twice, as the replacement", async () => {
    const doubleNegation: RewriteRule = {
      name: "double negation",
      pattern: { op: "Neg", inputs: [{ op: "Neg", inputs: ["x"] }] },
      replace: ({ value }) => [value("x")],
    };
    const model = build((b, x) => ({ out: b.op("Relu", [b.op("Neg", [b.op("Neg", [x])])]) }));
    expect(await applied(model, doubleNegation)).toEqual(["Relu"]);
    const twice: RewriteRule = {
      name: "twice",
      pattern: { op: "Split", inputs: ["x"] },
      replace: ({ emit, value }) => {
        const half = emit.op("Slice", [value("x"), emit.ints([0]), emit.ints([1]), emit.ints([0])]);
        return [half, half];
      },
    };
    const equalHalves = build((b, x) => {
      const stacked = b.op("Gather", [x, b.ints([0, 0])], { axis: int(0) });
      const [left, right] = b.ops("Split", [stacked], 2, { axis: int(0), num_outputs: int(2) });
      return { left: left!, right: right! };
    });
    expect(await applied(equalHalves, twice)).toEqual(["Gather", "Slice"]);
  });

  it("applies rules again where a rewrite made a match", async () => {
    const model = build((b, x) => {
      let value = x;
      for (let i = 0; i < 4; i++) value = b.op("Mul", [value, b.op("Sigmoid", [value])]);
      return { out: value };
    });
    expect(await applied(model, silu)).toEqual(Array.from({ length: 4 }, () => "QuickGelu"));
    const relu: RewriteRule = {
      name: "relu",
      pattern: { op: "Relu", inputs: [{ op: "Relu", inputs: ["x"] }] },
      replace: ({ emit, value }) => [emit.op("Relu", [value("x")])],
    };
    const chain = build((b, x) => {
      let value = x;
      for (let i = 0; i < 9; i++) value = b.op("Relu", [value]);
      return { out: value };
    });
    expect(await applied(chain, relu)).toEqual(["Relu"]);
  });

  it("throws where rules undo each other", () => {
    const flip = (from: string, to: string): RewriteRule => ({
      name: `${from} to ${to}`,
      pattern: { op: from, inputs: ["x"] },
      replace: ({ emit, value }) => [emit.op(to, [value("x")])],
    });
    const model = build((b, x) => ({ out: b.op("Relu", [x]) }));
    const pass = rewrite("flip", [flip("Relu", "Abs"), flip("Abs", "Relu")]);
    expect(() => pass.run(model)).toThrow(
      expect.objectContaining({
        code: "GRAPH_REWRITE_UNSETTLED",
        message: expect.stringMatching(/^flip still changes the graph after 64 sweeps/),
      }),
    );
  });

  it("adds the rule and the node to an error that a rule throws", () => {
    const broken: RewriteRule = { ...silu, replace: ({ value }) => [value("y")] };
    const model = build((b, x) => ({ out: b.op("Mul", [x, b.op("Sigmoid", [x])]) }));
    expect(() => rewrite("broken", [broken]).run(model)).toThrow(
      expect.objectContaining({
        message: "the pattern of rule silu has no value y (rule silu at node Mul)",
        details: expect.objectContaining({ rule: "silu", node: "Mul" }),
      }),
    );
  });
});

describe("onMiss", () => {
  const missesOf = (model: Model, rule: RewriteRule) => {
    const misses: Miss[] = [];
    rewrite("fuse", [rule]).run(model, { onMiss: (miss) => misses.push(miss) });
    return misses;
  };

  it.each<[string, Partial<RewriteRule>, (b: GraphBuilder, x: Value, y: Value) => Record<string, Value>]>([
    [
      "Mul (Mul): Relu is made by Relu, not made by Sigmoid",
      {},
      (b, x) => ({ out: b.op("Mul", [x, b.op("Relu", [x])]) }),
    ],
    [
      "Mul (Mul): y is an input or a constant, not made by Sigmoid",
      {},
      (b, x, y) => ({ out: b.op("Mul", [x, y]) }),
    ],
    [
      "Mul (Mul): Sigmoid (Sigmoid): x is both y and x",
      {},
      (b, x, y) => ({ out: b.op("Mul", [y, b.op("Sigmoid", [x])]) }),
    ],
    [
      "Mul (Mul): Sigmoid is read elsewhere too",
      {},
      (b, x) => {
        const gate = b.op("Sigmoid", [x]);
        return { out: b.op("Mul", [x, gate]), gate };
      },
    ],
    ["it is shy", { check: () => "it is shy" }, (b, x) => ({ out: b.op("Mul", [x, b.op("Sigmoid", [x])]) })],
  ])("tells that %s", (reason, change, emit) => {
    const misses = missesOf(build(emit), { ...silu, ...change });
    expect(misses).toEqual([{ pass: "fuse", rule: "silu", node: "Mul", reason }]);
  });

  it("tells that a shape is not known", () => {
    const model = build((b, x) => {
      const y = b.op("Relu", [x]);
      return { out: b.op("Mul", [y, b.op("Sigmoid", [y])]) };
    });
    const foreign = { ...model, graph: { ...model.graph, values: new Map() } };
    expect(missesOf(foreign, silu).map(({ reason }) => reason)).toEqual(["the shape of Relu is not known"]);
  });

  it("is not called for a rule that applies or for another operator", () => {
    const model = build((b, x) => ({ out: b.op("Relu", [b.op("Mul", [x, b.op("Sigmoid", [x])])]) }));
    expect(missesOf(model, silu)).toEqual([]);
  });
});

it("defineRule takes only names that stand in the pattern", () => {
  const definition = defineRule({
    name: "typed",
    pattern: { op: "Mul", inputs: ["x", { op: "Sigmoid", as: "gate", inputs: ["x"] }] },
    // @ts-expect-error the pattern has no value y
    check: ({ value }) => value("y") !== undefined || "",
    // @ts-expect-error the pattern has no node x
    replace: ({ value, node }) => [value("x"), ...(node("x") ? [] : [])],
  });
  expect(definition.name).toBe("typed");
});

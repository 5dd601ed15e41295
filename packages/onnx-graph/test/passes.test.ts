import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bindInputs,
  checkModel,
  float32Data,
  GraphBuilder,
  indexGraph,
  type Model,
  type Node,
  type Pass,
  removeDeadCode,
  removeIdentities,
  runPasses,
  sortTopologically,
  type Value,
} from "../src/index.js";
import { runModel } from "./run-model.js";

function build(emit: (b: GraphBuilder, x: Value) => Record<string, Value>): Model {
  const b = new GraphBuilder({ name: "test", opsets: { "": 23 } });
  for (const [name, value] of Object.entries(emit(b, b.input("x", "float32", [3])))) b.output(name, value);
  return b.build();
}

const ops = (model: Model) => model.graph.nodes.map((node) => node.op);

/** A model whose output is one of two values, read by the branches of an If. */
function choosing(first: string, second: string, emit: (b: GraphBuilder, x: Value) => void): Model {
  const branch = (name: string, value: string) => ({
    type: "graph" as const,
    value: {
      name,
      inputs: [],
      outputs: [{ name, dtype: "float32" as const, shape: [3] }],
      nodes: [
        { name, op: "Identity", domain: "", inputs: [value], outputs: [name], attributes: {} },
      ] satisfies Node[],
      initializers: new Map(),
      values: new Map(),
    },
  });
  const base = build((b, x) => {
    b.input("s", "float32", [1]);
    emit(b, x);
    return { out: x };
  });
  const choice: Node = {
    name: "if",
    op: "If",
    domain: "",
    inputs: ["which"],
    outputs: ["out"],
    attributes: { then_branch: branch("then", first), else_branch: branch("else", second) },
  };
  const model: Model = {
    ...base,
    graph: {
      ...base.graph,
      inputs: [...base.graph.inputs, { name: "which", dtype: "bool", shape: [] }],
      nodes: [...base.graph.nodes.filter((node) => !node.outputs.includes("out")), choice],
    },
  };
  checkModel(model);
  return model;
}

describe("indexGraph", () => {
  it("does not take an absent output for a value", () => {
    const nodes: Node[] = [
      { name: "a", op: "Identity", domain: "", inputs: [], outputs: [""], attributes: {} },
    ];
    const model = build((_, x) => ({ out: x }));
    expect(indexGraph({ ...model.graph, nodes }).producer("")).toBeUndefined();
  });
});

describe("removeDeadCode", () => {
  const model = build((b, x) => {
    b.op("Add", [b.op("Exp", [x]), b.floats([7])]);
    const [, unread] = b.ops("Split", [b.op("Relu", [x]), b.ints([1, 2])], 2);
    return { out: b.op("Add", [unread!, b.floats([1])]) };
  });

  it("removes what no output depends on, and nothing else", async () => {
    const { model: clean, modified } = removeDeadCode.run(model);
    expect(modified).toBe(true);
    expect(ops(clean)).toEqual(["Relu", "Split", "Add", "Identity"]);
    expect([...clean.graph.initializers.keys()]).toEqual(["ints/1_2", "floats/1/of/1"]);
    expect([...clean.graph.values.keys()].sort()).toEqual(["Add_1", "Relu", "Split", "Split:1"]);
    checkModel(clean);
    expect(await runModel(clean)).toEqual(await runModel(model));
    expect(removeDeadCode.run(clean)).toEqual({ model: clean, modified: false });
  });

  it("keeps what a subgraph reads from outside", () => {
    const withIf = choosing("Exp", "Neg", (b, x) => {
      b.op("Exp", [x]);
      b.op("Neg", [x]);
      b.op("Abs", [x]);
    });
    expect(ops(removeDeadCode.run(withIf).model)).toEqual(["Exp", "Neg", "If"]);
  });
});

describe("removeIdentities", () => {
  it("skips chains of them but keeps output names", async () => {
    const model = build((b, x) => {
      const copy = b.op("Identity", [b.op("Identity", [x])]);
      return { out: b.op("Relu", [copy]), same: copy };
    });
    const { model: clean } = removeIdentities.run(model);
    expect(ops(clean)).toEqual(["Relu", "Identity", "Identity"]);
    expect(clean.graph.nodes[0]!.inputs).toEqual(["x"]);
    checkModel(clean);
    expect(await runModel(clean)).toEqual(await runModel(model));
    expect(removeIdentities.run(clean).modified).toBe(false);
  });

  it("keeps those that a subgraph reads", () => {
    const model = choosing("Identity", "Exp", (b, x) => b.op("Exp", [b.op("Identity", [x])]));
    checkModel(removeIdentities.run(model).model);
    const other = choosing("x", "Exp", (b, x) => b.op("Exp", [b.op("Identity", [x])]));
    expect(ops(removeIdentities.run(other).model)).toEqual(["Exp", "If"]);
  });
});

describe("sortTopologically", () => {
  const model = build((b, x) => {
    const left = b.op("Relu", [x]);
    const right = b.op("Exp", [x]);
    const both = b.op("Add", [left, right]);
    return { out: b.op("Mul", [both, left]) };
  });

  it("orders any permutation, and leaves an ordered graph as it is", () => {
    expect(sortTopologically.run(model)).toEqual({ model, modified: false });
    const { nodes } = model.graph;
    fc.assert(
      fc.property(fc.shuffledSubarray([...nodes], { minLength: nodes.length }), (shuffled) => {
        const sorted = sortTopologically.run({ ...model, graph: { ...model.graph, nodes: shuffled } }).model;
        checkModel(sorted);
        expect(new Set(sorted.graph.nodes)).toEqual(new Set(nodes));
      }),
    );
  });

  it("names a node of a cycle", () => {
    const [relu, ...rest] = model.graph.nodes;
    const nodes = [{ ...relu!, inputs: ["Mul"] }, ...rest];
    expect(() => sortTopologically.run({ ...model, graph: { ...model.graph, nodes } })).toThrow(
      expect.objectContaining({ code: "ONNX_CYCLE", message: expect.stringMatching(/Relu|Add|Mul/) }),
    );
  });
});

describe("bindInputs", () => {
  const scaled = (combine: (b: GraphBuilder, x: Value, s: Value) => Value) =>
    build((b, x) => ({ out: combine(b, b.op("Relu", [x]), b.input("s", "float32", [1])) }));
  const bind = (value: number) => bindInputs({ s: float32Data([value], [1]) });

  it.each<[string, number, (b: GraphBuilder, x: Value, s: Value) => Value, string[]]>([
    ["x + 0 * exp(x)", 0, (b, x, s) => b.op("Add", [x, b.op("Mul", [b.op("Exp", [x]), s])]), ["Relu"]],
    ["0 * exp(x) + x", 0, (b, x, s) => b.op("Add", [b.op("Mul", [s, b.op("Exp", [x])]), x]), ["Relu"]],
    ["x - 0", 0, (b, x, s) => b.op("Sub", [x, s]), ["Relu"]],
    ["0 - x", 0, (b, x, s) => b.op("Sub", [s, x]), ["Relu", "Sub"]],
    ["x * 1", 1, (b, x, s) => b.op("Mul", [x, s]), ["Relu"]],
    ["1 * x", 1, (b, x, s) => b.op("Mul", [s, x]), ["Relu"]],
    ["x * 2", 2, (b, x, s) => b.op("Mul", [x, s]), ["Relu", "Mul"]],
    ["x + 1", 1, (b, x, s) => b.op("Add", [x, s]), ["Relu", "Add"]],
    [
      "x + 0 of another shape",
      0,
      (b, x, s) =>
        b.op("Add", [b.op("Unsqueeze", [b.op("ReduceMax", [x]), b.ints([0])]), b.op("Mul", [x, s])]),
      ["Relu", "ReduceMax", "Unsqueeze", "Mul", "Add"],
    ],
  ])("%s", async (_, value, combine, expected) => {
    const model = scaled(combine);
    const bound = bind(value).run(model).model;
    checkModel(bound);
    expect(ops(bound).filter((op) => op !== "Identity")).toEqual(expected);
    expect(bound.graph.inputs.map((input) => input.name)).toEqual(["x"]);
    const s = { dtype: "float32", shape: [1], data: Float32Array.of(value) };
    expect(await runModel(bound)).toEqual(await runModel(model, { s }));
  });

  it("drops inputs that nothing reads any more", () => {
    const model = build((b, x) => {
      const other = b.input("other", "float32", [3]);
      return { out: b.op("Sub", [x, b.op("Mul", [other, b.input("s", "float32", [1])])]) };
    });
    expect(
      bind(0)
        .run(model)
        .model.graph.inputs.map((input) => input.name),
    ).toEqual(["x"]);
    expect(
      bind(1)
        .run(model)
        .model.graph.inputs.map((input) => input.name),
    ).toEqual(["x", "other"]);
  });

  it("keeps an input that only a subgraph reads", () => {
    const model = bind(1).run(choosing("x", "x", () => {})).model;
    expect(model.graph.inputs.map((input) => input.name)).toEqual(["x", "which"]);
  });

  it("names the inputs there are", () => {
    const run = () => bindInputs({ nope: float32Data([0], [1]) }).run(build((_, x) => ({ out: x })));
    expect(run).toThrow(
      expect.objectContaining({ code: "GRAPH_UNKNOWN_INPUT", message: expect.stringContaining("x") }),
    );
  });
});

describe("runPasses", () => {
  it("runs them in order and tells whether any did something", () => {
    const model = build((b, x) => ({ out: b.op("Relu", [b.op("Identity", [x])]) }));
    const seen: string[] = [];
    const spy = (pass: Pass): Pass => ({
      name: pass.name,
      run: (given) => {
        seen.push(pass.name);
        return pass.run(given);
      },
    });
    const first = runPasses(model, [spy(removeIdentities), spy(removeDeadCode)]);
    expect(seen).toEqual(["removeIdentities", "removeDeadCode"]);
    expect(first.modified).toBe(true);
    expect(runPasses(first.model, [removeIdentities, removeDeadCode]).modified).toBe(false);
  });
});

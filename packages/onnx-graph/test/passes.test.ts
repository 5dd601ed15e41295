import { SunstepError } from "@sunstep/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Attributes,
  bindInputs,
  checkModel,
  editGraph,
  float,
  float32Data,
  floats,
  GraphBuilder,
  hoistConstants,
  indexGraph,
  inlineNumbers,
  int,
  ints,
  type Miss,
  type Model,
  type Node,
  type Pass,
  removeDeadCode,
  removeIdentities,
  rewrite,
  runPasses,
  sortTopologically,
  tensorAttribute,
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
  it("has no producer for an absent output", () => {
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

  it("removes nodes that no output depends on, and no others", async () => {
    const { model: clean, modified } = removeDeadCode.run(model);
    expect(modified).toBe(true);
    expect(ops(clean)).toEqual(["Relu", "Split", "Add", "Identity"]);
    expect([...clean.graph.initializers.keys()]).toEqual(["ints/1_2", "floats/1/of/1"]);
    expect([...clean.graph.values.keys()].sort()).toEqual(["Add_1", "Relu", "Split", "Split:1"]);
    checkModel(clean);
    expect(await runModel(clean)).toEqual(await runModel(model));
    expect(removeDeadCode.run(clean)).toEqual({ model: clean, modified: false });
  });

  it("keeps nodes that a subgraph reads", () => {
    const withIf = choosing("Exp", "Neg", (b, x) => {
      b.op("Exp", [x]);
      b.op("Neg", [x]);
      b.op("Abs", [x]);
    });
    expect(ops(removeDeadCode.run(withIf).model)).toEqual(["Exp", "Neg", "If"]);
  });
});

describe("removeIdentities", () => {
  it("removes chains of identities and keeps output names", async () => {
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

  it("keeps an identity that a subgraph reads", () => {
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

  it("orders any permutation and leaves an ordered graph as it is", () => {
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
    [
      "(1 - 1) * exp(x) + x",
      1,
      (b, x, s) => b.op("Add", [b.op("Mul", [b.op("Exp", [x]), b.op("Sub", [b.floats([1]), s])]), x]),
      ["Relu"],
    ],
    ["x * (2 - 1)", 1, (b, x, s) => b.op("Mul", [x, b.op("Sub", [b.floats([2]), s])]), ["Relu"]],
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

  it("drops a large tensor of zeros that is added, and keeps one with a single other number", () => {
    const model = (shape: readonly number[]) =>
      build((b, x) => ({
        out: b.op("Add", [b.op("Expand", [x, b.ints(shape)]), b.input("r", "float32", shape)]),
      }));
    const bound = (numbers: Float32Array) =>
      ops(bindInputs({ r: float32Data(numbers, [100, 3]) }).run(model([100, 3])).model).filter(
        (op) => op !== "Identity",
      );
    expect(bound(new Float32Array(300))).toEqual(["Expand"]);
    expect(bound(new Float32Array(300).fill(1, 299))).toEqual(["Expand", "Add"]);
  });

  it("drops inputs that no node reads any more", () => {
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

  it("names the inputs that the graph has", () => {
    const run = () => bindInputs({ nope: float32Data([0], [1]) }).run(build((_, x) => ({ out: x })));
    expect(run).toThrow(
      expect.objectContaining({ code: "GRAPH_UNKNOWN_INPUT", message: expect.stringContaining("x") }),
    );
  });
});

describe("runPasses", () => {
  it("runs passes in order and tells whether one changed the model", () => {
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

  const failing = (error: unknown): Pass => ({
    name: "failing",
    run: () => {
      throw error;
    },
  });
  const model = build((b, x) => ({ out: b.op("Relu", [x]) }));

  it("adds the pass and the passes before it to an error", () => {
    const error = new SunstepError("LORA_SHAPE", "the factors do not fit", { module: "to_q" });
    expect(() => runPasses(model, [removeIdentities, removeDeadCode, failing(error)])).toThrow(
      expect.objectContaining({
        code: "LORA_SHAPE",
        message: "the factors do not fit (in pass failing after removeIdentities, removeDeadCode)",
        details: { module: "to_q", pass: "failing", after: ["removeIdentities", "removeDeadCode"] },
        cause: error,
      }),
    );
  });

  it("wraps an error of another kind", () => {
    const error = new TypeError("x is undefined");
    expect(() => runPasses(model, [failing(error)])).toThrow(
      expect.objectContaining({
        code: "GRAPH_PASS_FAILED",
        message: "TypeError: x is undefined (in pass failing)",
        details: { pass: "failing", after: [] },
        cause: error,
      }),
    );
  });

  it("hands onMiss to each pass", () => {
    const misses: Miss[] = [];
    const pass = (name: string) =>
      rewrite(name, [{ name: "never", pattern: { op: "Relu" }, check: () => "never", replace: () => [] }]);
    runPasses(model, [pass("first"), pass("second")], { onMiss: (miss) => misses.push(miss) });
    expect(misses.map(({ pass: name }) => name)).toEqual(["first", "second"]);
  });
});

describe("editGraph", () => {
  const model = build((b, x) => ({ out: b.op("Exp", [b.op("Relu", [x])]) }));

  it("puts emitted nodes, their constants and types where the edit returns them", async () => {
    const edited = editGraph(model, (node, emit) => {
      if (node.op === "Relu") {
        const halved = emit.op("Mul", [emit.value(node.inputs[0]!), emit.scalar(0.5)]);
        return [...emit.nodes, { ...node, inputs: [halved.name] }];
      }
      if (node.op !== "Exp") return undefined;
      emit.op("Neg", [emit.value(node.outputs[0]!)]);
      return [node, ...emit.nodes];
    });
    expect(edited.modified).toBe(true);
    expect(ops(edited.model)).toEqual(["Mul", "Relu", "Exp", "Neg", "Identity"]);
    expect(edited.model.graph.values.get("Mul")).toEqual({ dtype: "float32", shape: [3] });
    checkModel(edited.model);
    const { out } = await runModel(edited.model, {
      x: { dtype: "float32", shape: [3], data: Float32Array.of(2, -2, 0) },
    });
    expect(out!.data).toBeAllclose([Math.E, 1, 1], { rtol: 1e-6 });
  });

  it("returns its argument where no node is edited", () => {
    expect(editGraph(model, () => undefined)).toEqual({ model, modified: false });
    expect(editGraph(model, () => undefined).model).toBe(model);
  });
});

describe("hoistConstants", () => {
  it.each<[string, Attributes, number[], number[]]>([
    ["value", { value: tensorAttribute(float32Data([1, 2, 3], [3])) }, [1, 2, 3], [3]],
    ["value_float", { value_float: float(2) }, [2], []],
    ["value_floats", { value_floats: floats([2, 3, 4]) }, [2, 3, 4], [3]],
    ["value_int", { value_int: int(2) }, [2], []],
    ["value_ints", { value_ints: ints([1, 2, 3]) }, [1, 2, 3], [3]],
  ])("turns a Constant with %s into an initializer", (_, attributes, numbers, shape) => {
    const model = build((b, x) => {
      const constant = b.op("Constant", [], attributes);
      return { out: b.op("Add", [x, b.op("Cast", [constant], { to: int(1) })]) };
    });
    const { model: hoisted, modified } = hoistConstants.run(model);
    checkModel(hoisted);
    expect(modified).toBe(true);
    expect(ops(hoisted)).toEqual(["Cast", "Add", "Identity"]);
    const constant = hoisted.graph.initializers.get("Constant")!;
    expect([inlineNumbers(constant), constant.shape]).toEqual([numbers, shape]);
    expect(hoistConstants.run(hoisted).modified).toBe(false);
  });

  it("leaves a Constant that is a graph output", () => {
    const model = build((b) => ({ out: b.op("Constant", [], { value_float: float(2) }) }));
    const named = {
      ...model,
      graph: {
        ...model.graph,
        nodes: [{ ...model.graph.nodes[0]!, outputs: ["out"] }],
      },
    };
    expect(hoistConstants.run(named)).toEqual({ model: named, modified: false });
  });
});

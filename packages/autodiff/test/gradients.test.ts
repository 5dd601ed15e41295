import {
  boolData,
  checkModel,
  float32Data,
  GraphBuilder,
  int,
  int64Data,
  type Model,
  tensorAttribute,
} from "@sunstep/onnx-graph";
import type { Tensor } from "@sunstep/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "../src/index.js";
import { numbers, randomFeeds, stopRuntime, withSession } from "./finite-differences.js";

afterAll(stopRuntime);

/** A chain of layers tanh(x W); the last layer but one also reads the first value. */
function layers(count: number): Model {
  const graph = new GraphBuilder({ name: "layers", opsets: { "": 17 } });
  const x = graph.input("x", "float32", [3, 4]);
  const first = graph.op("Sigmoid", [x], {}, { name: "first" });
  let value = first;
  for (let i = 0; i < count; i++) {
    const weight = graph.initializer(`w${i}`, float32Data(numbers(16, i), [4, 4]));
    const product = graph.op("MatMul", [value, weight], {}, { name: `product${i}` });
    value = graph.op("Tanh", [product], {}, { name: `layer${i}` });
    if (i === count - 2) value = graph.op("Mul", [value, first], {}, { name: "skip" });
  }
  graph.output("features", value);
  graph.output("loss", graph.op("ReduceMean", [graph.op("Mul", [value, value])], { keepdims: int(0) }));
  return graph.build();
}

const run = (model: Model): Promise<Record<string, Tensor>> =>
  withSession(model, (session) => session(randomFeeds(model)));

const count = ({ graph }: Model, op: string) => graph.nodes.filter((node) => node.op === op).length;

describe("gradients", () => {
  it("adds an output for each gradient, with the name and the shape of its value", () => {
    const model = gradients(layers(3), { loss: "loss", withRespectTo: ["x", "w1", "layer0"] });
    checkModel(model);
    expect(model.graph.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["features", [3, 4]],
      ["loss", []],
      ["grad/x", [3, 4]],
      ["grad/w1", [4, 4]],
      ["grad/layer0", [3, 4]],
    ]);
  });

  it("keeps only the requested outputs", () => {
    const model = gradients(layers(2), { loss: "loss", withRespectTo: ["w0"], outputs: ["loss"] });
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(["loss", "grad/w0"]);
  });

  it("emits nothing for values without a requested gradient", () => {
    const model = layers(4);
    const last = gradients(model, { loss: "loss", withRespectTo: ["w3"] });
    // g^T of the last layer alone: no product goes further back.
    expect([count(last, "MatMul") - count(model, "MatMul"), count(last, "Gemm")]).toEqual([0, 1]);
    const input = gradients(model, { loss: "loss", withRespectTo: ["x"] });
    expect([count(input, "MatMul") - count(model, "MatMul"), count(input, "Gemm")]).toEqual([4, 0]);
  });

  it("does not change its argument", () => {
    const model = layers(2);
    gradients(model, { loss: "loss", withRespectTo: ["x"], checkpoint: [] });
    expect(model).toEqual(layers(2));
  });

  it("returns the gradient of a gate that is requested itself", async () => {
    const graph = new GraphBuilder({ name: "gate", opsets: { "": 17 } });
    const x = graph.input("x", "float32", [4]);
    const gate = graph.op("Sigmoid", [x], {}, { name: "gate" });
    graph.output("loss", graph.op("ReduceSum", [graph.op("Mul", [x, gate])], { keepdims: int(0) }));
    const model = gradients(graph.build(), { loss: "loss", withRespectTo: ["gate"] });
    expect((await run(model))["grad/gate"]!.data).toEqual(randomFeeds(model).x!.data);
  });

  it("accepts graphs without inner types and with Constant nodes", async () => {
    const graph = new GraphBuilder({ name: "foreign", opsets: { "": 17 } });
    const x = graph.input("x", "float32", [2, 3]);
    const axes = graph.initializer("axes", int64Data([1]));
    const sums = graph.op("ReduceSum", [graph.op("Mul", [x, x]), axes], { keepdims: int(1) });
    graph.output("loss", graph.op("ReduceSum", [graph.op("Mul", [sums, sums])], { keepdims: int(0) }));
    const known = graph.build();
    const constant = {
      name: "axes",
      op: "Constant",
      domain: "",
      inputs: [],
      outputs: ["axes"],
      attributes: { value: tensorAttribute(known.graph.initializers.get("axes")!) },
    };
    const foreign = {
      ...known,
      graph: {
        ...known.graph,
        nodes: [constant, ...known.graph.nodes],
        initializers: new Map(),
        values: new Map(),
      },
    };
    const options = { loss: "loss", withRespectTo: ["x"] };
    expect(await run(gradients(foreign, options))).toEqual(await run(gradients(known, options)));
  });
});

describe("checkpoint", () => {
  const options = { loss: "loss", withRespectTo: ["x", "w0", "w2", "w5"] };

  it.each([
    ["no value", []],
    ["one value in the middle", ["layer2"]],
    ["several values", ["first", "layer1", "product3", "layer5"]],
    ["constants and inputs", ["w1", "x"]],
  ])("gives the same gradients with checkpoints at %s", async (_, checkpoint) => {
    const plain = await run(gradients(layers(6), options));
    const model = gradients(layers(6), { ...options, checkpoint });
    checkModel(model);
    expect(await run(model)).toEqual(plain);
  });

  it("holds nothing but the checkpoints when the backward pass begins", () => {
    const held = (checkpoint?: string[]) => {
      const { nodes, inputs, initializers } = gradients(layers(6), {
        ...options,
        ...(checkpoint && { checkpoint }),
      }).graph;
      const begin = nodes.findIndex(({ outputs }) => outputs[0] === "loss") + 1;
      const given = new Set([...inputs.map(({ name }) => name), ...initializers.keys()]);
      const made = new Set(nodes.slice(0, begin).flatMap(({ outputs }) => outputs));
      const read = new Set(nodes.slice(begin).flatMap((node) => node.inputs));
      return [...made].filter((name) => read.has(name) && !given.has(name)).sort();
    };
    expect(held(["first", "layer1", "layer4"])).toEqual(["first", "layer1", "layer4"]);
    expect(held()).toContain("layer3");
  });

  it("computes the nodes between checkpoints again, and no others", () => {
    const products = (checkpoint: string[]) =>
      gradients(layers(6), { ...options, checkpoint }).graph.nodes.filter(({ name }) =>
        /product\d\/again$/.test(name),
      ).length;
    expect(products([])).toBe(6);
    expect(products(["layer2"])).toBe(5);
    expect(products(["layer0", "layer1", "layer2", "layer3", "layer4", "layer5"])).toBe(0);
  });
});

describe("the errors of gradients", () => {
  const code = (expected: string) => expect.objectContaining({ code: expected });
  const attempt = (emit: (graph: GraphBuilder) => void, loss = "loss", withRespectTo = ["x"]) => {
    const graph = new GraphBuilder({ name: "test", opsets: { "": 17, "com.microsoft": 1 } });
    emit(graph);
    return () => gradients(graph.build(), { loss, withRespectTo });
  };
  const withOperator = (op: string, domain = "") =>
    attempt((graph) => {
      const x = graph.input("x", "float32", [1, 1]);
      graph.output(
        "loss",
        graph.scope("block", () => graph.op(op, [x], {}, { domain })),
      );
    });

  it("name the operator without a rule and its node", () => {
    expect(withOperator("HardSwish")).toThrow(code("AUTODIFF_NO_RULE"));
    expect(withOperator("HardSwish")).toThrow("HardSwish (node block/HardSwish)");
    expect(withOperator("QuickGelu", "com.microsoft")).toThrow("com.microsoft.QuickGelu");
  });

  it("name an operator whose subgraphs read the value", () => {
    const graph = new GraphBuilder({ name: "choice", opsets: { "": 17 } });
    const x = graph.input("x", "float32", []);
    graph.initializer("which", boolData([true], []));
    graph.output("loss", graph.op("Add", [x, graph.op("Neg", [x], {}, { name: "chosen" })]));
    const model = graph.build();
    const copy = {
      name: "copy",
      op: "Identity",
      domain: "",
      inputs: ["x"],
      outputs: ["copy"],
      attributes: {},
    };
    const branch = {
      type: "graph" as const,
      value: {
        ...model.graph,
        inputs: [],
        outputs: [{ name: "copy", dtype: "float32" as const }],
        nodes: [copy],
      },
    };
    const attributes = { then_branch: branch, else_branch: branch };
    const nodes = model.graph.nodes.map((node) =>
      node.name === "chosen" ? { ...node, op: "If", inputs: ["which"], attributes } : node,
    );
    const choice = { ...model, graph: { ...model.graph, nodes } };
    checkModel(choice);
    expect(() => gradients(choice, { loss: "loss", withRespectTo: ["x"] })).toThrow("If (node chosen)");
  });

  it("name values that the graph does not have", () => {
    const line = (graph: GraphBuilder) =>
      graph.output("loss", graph.op("Neg", [graph.input("x", "float32", [])]));
    expect(attempt(line, "los")).toThrow(code("AUTODIFF_UNKNOWN_VALUE"));
    expect(attempt(line, "loss", ["x", "z"])).toThrow("no value z");
    expect(() => gradients(layers(2), { loss: "loss", withRespectTo: ["x"], outputs: ["x"] })).toThrow(
      code("AUTODIFF_UNKNOWN_VALUE"),
    );
    expect(() => gradients(layers(2), { loss: "loss", withRespectTo: ["x"], checkpoint: ["z"] })).toThrow(
      code("AUTODIFF_UNKNOWN_VALUE"),
    );
  });

  it("name an operator set that is too old", () => {
    const old = { ...layers(2), opsets: { "": 13 } };
    expect(() => gradients(old, { loss: "loss", withRespectTo: ["x"] })).toThrow(code("AUTODIFF_OPSET"));
  });

  it("name gradients that the graph already has", () => {
    const options = { loss: "loss", withRespectTo: ["x"] };
    expect(() => gradients(gradients(layers(2), options), options)).toThrow(code("AUTODIFF_NAME_TAKEN"));
  });

  it("name a loss of several numbers or of integers", () => {
    expect(() => gradients(layers(2), { loss: "features", withRespectTo: ["x"] })).toThrow(
      code("AUTODIFF_LOSS"),
    );
    const integer = attempt((graph) => {
      const x = graph.input("x", "float32", []);
      graph.output("loss", graph.op("Cast", [x], { to: int(7) }));
    });
    expect(integer).toThrow(code("AUTODIFF_LOSS"));
  });

  it("name values that the loss does not depend on", () => {
    const apart = attempt(
      (graph) => {
        const x = graph.input("x", "float32", []);
        graph.input("y", "float32", []);
        graph.output("loss", graph.op("Add", [x, graph.op("Floor", [graph.input("z", "float32", [])])]));
      },
      "loss",
      ["x", "y", "z"],
    );
    expect(apart).toThrow(code("AUTODIFF_UNREACHABLE"));
    expect(apart).toThrow("y, z");
  });

  it("name forms that a rule does not cover", () => {
    const reflecting = attempt((graph) => {
      const x = graph.input("x", "float32", [1, 1, 2, 2]);
      const padded = graph.op("Pad", [x, graph.ints([0, 0, 1, 0, 0, 0, 0, 0])], {
        mode: { type: "string", value: "reflect" },
      });
      graph.output("loss", graph.op("ReduceSum", [padded], { keepdims: int(0) }));
    });
    expect(reflecting).toThrow(code("AUTODIFF_UNSUPPORTED"));
    expect(reflecting).toThrow("Pad");
    const bound = attempt((graph) => {
      const x = graph.input("x", "float32", []);
      graph.output("loss", graph.op("Clip", [graph.scalar(2), x]));
    });
    const statistics = attempt((graph) => {
      const x = graph.input("x", "float32", [1, 4]);
      const [y, mean] = graph.ops("LayerNormalization", [x, graph.floats([1, 1, 1, 1])], 2);
      graph.output("loss", graph.op("ReduceSum", [graph.op("Mul", [y, mean])], { keepdims: int(0) }));
    });
    expect(statistics).toThrow("(node LayerNormalization) is not known for its further outputs");
    expect(bound).toThrow("the gradient of Clip (node Clip) is not known for its input 1");
  });
});

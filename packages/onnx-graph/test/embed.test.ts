import { describe, expect, it } from "vitest";
import { embedModel, GraphBuilder, type Initializer, type Model } from "../src/index.js";

const bytes = new Uint8Array(8);
const memoryInitializer: Initializer = {
  dtype: "float32",
  shape: [2],
  data: {
    kind: "external",
    source: { name: "memory", size: 8, read: async () => bytes },
    offset: 0,
    length: 8,
  },
};

describe("embedModel", () => {
  const doubled = (): Model => {
    const graph = new GraphBuilder({ name: "scaled", opsets: { "": 23 } });
    const x = graph.input("x", "float32", [2]);
    const weight = graph.initializer("weight", memoryInitializer);
    graph.output("y", graph.op("Mul", [graph.op("Mul", [x, graph.scalar(2)]), weight]));
    return graph.build();
  };

  it("embeds a model twice with its external weights once and all other names apart", () => {
    const graph = new GraphBuilder({ name: "twice", opsets: { "": 23 } });
    const input = graph.input("input", "float32", [2]);
    const first = embedModel(graph, doubled(), { scope: "first", inputs: { x: input } });
    const second = embedModel(graph, doubled(), { scope: "second", inputs: { x: first.y! } });
    graph.output("result", second.y!);
    const { graph: built } = graph.build();
    expect([...built.initializers.keys()].filter((name) => name.includes("weight"))).toEqual(["weight"]);
    expect(built.initializers.size).toBe(3);
    const names = built.nodes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(built.nodes[0]!.inputs[0]).toBe("input");
    const produced = new Set([
      "input",
      ...built.initializers.keys(),
      ...built.nodes.flatMap(({ outputs }) => outputs),
    ]);
    expect(built.nodes.flatMap(({ inputs }) => inputs).filter((name) => !produced.has(name))).toEqual([]);
    expect(second.y!.shape).toEqual([2]);
  });

  it("names an input that is missing", () => {
    const graph = new GraphBuilder({ name: "none", opsets: { "": 23 } });
    expect(() => embedModel(graph, doubled(), { scope: "first", inputs: {} })).toThrow(/input x was not/);
  });
});

import type { ByteSource } from "@sunstep/files";
import { GraphBuilder, type Model } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import type { WorkerEngine } from "../src/worker.js";
import { inProcessRuntime } from "./in-process-worker.js";

/** An engine that counts, and answers every run with zeros. */
function countingEngine() {
  const counts = { parses: 0, prepared: 0, sessions: [] as string[], runs: [] as string[] };
  const engine: WorkerEngine<Tensor> = {
    tensors: {
      from: (given) => given,
      read: async (native) => native,
      typeOf: ({ dtype, shape }) => ({ dtype, shape }),
      free: () => undefined,
    },
    // Every parse of a model opens its one source of weights.
    open(source) {
      counts.parses++;
      return { ...source, read: async () => new Uint8Array() };
    },
    start: async () => "1",
    async prepare(model) {
      counts.prepared++;
      return {
        model,
        async load({ graph }) {
          const inputs = graph.inputs.map(({ name }) => name).join();
          counts.sessions.push(inputs);
          return {
            inputs: graph.inputs.map(({ name }) => ({ name, dtype: "float32", shape: [2] })),
            outputs: graph.outputs.map(({ name }) => ({ name, dtype: "float32", shape: [2] })),
            async run(feeds) {
              counts.runs.push(Object.keys(feeds).join());
              return Object.fromEntries(graph.outputs.map(({ name }) => [name, zeros()]));
            },
            release: async () => undefined,
          };
        },
      };
    },
  };
  return { engine, counts };
}

const zeros = () => tensor(new Float32Array(2), [2]);

/** y = x w + tanh(prompt) + scale, with `w` in a file whose size counts how often it was written down. */
function model(): { model: Model; serialisations: () => number } {
  let serialisations = 0;
  const source: ByteSource = {
    name: "weights",
    get size() {
      serialisations++;
      return 8;
    },
    read: async () => new Uint8Array(8),
  };
  const graph = new GraphBuilder({ name: "net", opsets: { "": 23 } });
  const [x, prompt, scale] = ["x", "prompt", "scale"].map((name) => graph.input(name, "float32", [2]));
  const data = { kind: "external", source, offset: 0, length: 8 } as const;
  const w = graph.initializer("w", { dtype: "float32", shape: [2], data });
  const conditioned = graph.op("Add", [graph.op("Mul", [x!, w]), graph.op("Tanh", [prompt!])]);
  graph.output("y", graph.op("Add", [conditioned, scale!]));
  return { model: graph.build(), serialisations: () => serialisations };
}

const options = { invariantInputs: ["prompt", "scale"], variants: { plain: { scale: zeros() } } };

describe("a model on its way to sessions in a worker", () => {
  it("is serialised, parsed and prepared once, whatever its variants", async () => {
    const { engine, counts } = countingEngine();
    const { runtime, requests, responses } = await inProcessRuntime(engine);
    const { model: net, serialisations } = model();
    // `sizeOf` of the test's runtime reads the size once as well.
    const session = await runtime.load(net, options);
    await session.run({ x: zeros(), prompt: zeros(), scale: zeros() });
    await session.run({ x: zeros(), prompt: zeros() }, { variant: "plain" });
    expect({ ...counts, serialisations: serialisations() - 1 }).toMatchObject({
      parses: 1,
      prepared: 1,
      serialisations: 1,
    });
    expect(requests.map(({ operation }) => operation)).toEqual(["start", "load", "run", "run"]);
    expect(JSON.stringify(responses)).not.toContain("onnx");
    await runtime.dispose();
  });

  it("makes two sessions for each variant, when it is first run", async () => {
    const { engine, counts } = countingEngine();
    const { runtime } = await inProcessRuntime(engine);
    const session = await runtime.load(model().model, options);
    expect(counts.sessions).toHaveLength(2);
    for (let i = 0; i < 2; i++) await session.run({ x: zeros(), prompt: zeros() }, { variant: "plain" });
    expect(counts.sessions).toHaveLength(4);
    await runtime.dispose();
  });
});

describe("invariant inputs", () => {
  it("cross to the worker once, and are computed once, for each content", async () => {
    const { engine, counts } = countingEngine();
    const { runtime, requests } = await inProcessRuntime(engine);
    const session = await runtime.load(model().model, options);
    const prompts = [1, 1, 2, 1, 1].map((value) => tensor(Float32Array.of(value, 0), [2]));
    for (const prompt of prompts) await session.run({ x: zeros(), prompt, scale: zeros() });
    const sent = requests.flatMap((request) =>
      request.operation === "run" ? [request.parameters.conditioning?.feeds !== undefined] : [],
    );
    expect(sent).toEqual([true, false, true, false, false]);
    expect(counts.runs.filter((feeds) => !feeds.includes("x"))).toHaveLength(2);
    expect(
      requests.every((request) => request.operation !== "run" || !("prompt" in request.parameters.feeds)),
    ).toBe(true);
    await runtime.dispose();
  });
});

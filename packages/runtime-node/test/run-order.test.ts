// The order in which ONNX Runtime itself says that it ran the nodes of a graph.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { depthFirstOrder, readWeightsAtUse } from "@sunstep/graph-passes";
import { GraphBuilder, type Model, runPasses, type Value, writeOnnx } from "@sunstep/onnx-graph";
import * as fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, it } from "vitest";

/** A graph of sums, each of two of the values before it, with its last values as outputs. */
const graphs = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 3, maxLength: 24 }).map((sums): Model => {
  const graph = new GraphBuilder({ name: "sums", opsets: { "": 17 } });
  const values: Value[] = [graph.input("x", "float32", [1])];
  for (const [a, b] of sums)
    values.push(graph.op("Add", [values[a % values.length], values[b % values.length]]));
  for (const [i, value] of values.slice(-2).entries()) graph.output(`y${i}`, value);
  return graph.build();
});

/** Returns the names of the nodes in the order of ONNX Runtime's profile. */
async function profiledOrder(model: Model): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "sunstep-profile-"));
  try {
    const session = await InferenceSession.create(writeOnnx(model), {
      graphOptimizationLevel: "disabled",
      enableProfiling: true,
      profileFilePrefix: join(folder, "run"),
    });
    await session.run({ x: new Tensor("float32", [1], [1]) });
    session.endProfiling();
    await session.release();
    const [file = ""] = await readdir(folder);
    const events = JSON.parse(await readFile(join(folder, file), "utf8")) as { cat: string; name: string }[];
    const suffix = "_kernel_time";
    return events.flatMap(({ cat, name }) =>
      cat === "Node" && name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : [],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

it("is the depth-first order of @sunstep/graph-passes, before nodes are arranged and after", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (model) => {
      for (const arranged of [model, runPasses(model, readWeightsAtUse).model]) {
        const { nodes } = arranged.graph;
        const order = depthFirstOrder(arranged.graph).map((place) => nodes[place]!.name);
        const profiled = await profiledOrder(arranged);
        expect(profiled.length).toBeGreaterThan(0);
        expect(order.filter((name) => profiled.includes(name))).toEqual(profiled);
      }
    }),
    { numRuns: 12 },
  );
});

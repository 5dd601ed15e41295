// Gradients in ONNX Runtime's WebAssembly build: they are not tied to a backend.

import { lowerToElementary } from "@sunstep/graph-passes";
import {
  GraphBuilder,
  int,
  int64Data,
  ints,
  type Model,
  runPasses,
  string,
  writeOnnx,
} from "@sunstep/onnx-graph";
import { InferenceSession, Tensor } from "onnxruntime-web";
import { afterAll, expect, it } from "vitest";
import { gradients } from "../src/index.js";
import { randomFeeds, stopRuntime, withSession } from "./finite-differences.js";

afterAll(stopRuntime);

/** A step down, attention over the pixels and learned tokens, and a step up: most of the layers of a U-Net. */
function network(): Model {
  const graph = new GraphBuilder({ name: "network", opsets: { "": 23 } });
  const x = graph.input("x", "float32", [2, 3, 4, 6]);
  const down = graph.op(
    "Conv",
    [x, graph.input("down.weight", "float32", [4, 3, 3, 3]), graph.input("down.bias", "float32", [4])],
    { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  );
  const scale = graph.input("norm.scale", "float32", [4]);
  const normalized = graph.op("GroupNormalization", [down, scale, graph.input("norm.bias", "float32", [4])], {
    num_groups: int(2),
  });
  const activated = graph.op("Mul", [normalized, graph.op("Sigmoid", [normalized])]);
  const pixels = graph.op("Transpose", [graph.op("Reshape", [activated, graph.ints([2, 4, 6])])], {
    perm: ints([0, 2, 1]),
  });
  const ids = graph.initializer("ids", int64Data([3, 0, 3, 1, 2, 2], [2, 3]));
  const tokens = graph.op("Gather", [graph.input("tokens", "float32", [5, 4]), ids]);
  const project = (name: string) => graph.op("MatMul", [tokens, graph.input(name, "float32", [4, 4])]);
  const heads = { q_num_heads: int(2), kv_num_heads: int(2) };
  const attended = graph.op("Attention", [pixels, project("key"), project("value")], heads);
  const residual = graph.op("Add", [pixels, graph.op("Gelu", [attended])]);
  const image = graph.op("Reshape", [
    graph.op("Transpose", [residual], { perm: ints([0, 2, 1]) }),
    graph.ints([2, 4, 2, 3]),
  ]);
  const doubled = graph.op("Resize", [image, undefined, graph.floats([1, 1, 2, 2])], {
    coordinate_transformation_mode: string("asymmetric"),
    nearest_mode: string("floor"),
  });
  const joined = graph.op("Concat", [doubled, x], { axis: int(1) });
  const up = graph.op("Conv", [joined, graph.input("up.weight", "float32", [3, 7, 3, 3])], {
    pads: ints([1, 1, 1, 1]),
  });
  const error = graph.op("Sub", [up, x]);
  graph.output("loss", graph.op("ReduceMean", [graph.op("Mul", [error, error])], { keepdims: int(0) }));
  return graph.build();
}

it("gives the same gradients on WebAssembly as on the CPU", async () => {
  const model = network();
  const withRespectTo = model.graph.inputs.map(({ name }) => name);
  const checkpoint = ["GroupNormalization"];
  const step = gradients(model, { loss: "loss", withRespectTo, checkpoint });
  const feeds = randomFeeds(step);
  const expected = await withSession(step, (run) => run(feeds));

  const session = await InferenceSession.create(writeOnnx(runPasses(step, lowerToElementary).model));
  const inputs = Object.entries(feeds).map(([name, { data, shape }]) => [
    name,
    new Tensor("float32", data, shape),
  ]);
  const results = await session.run(Object.fromEntries(inputs) as Record<string, Tensor>);
  await session.release();
  for (const name of withRespectTo) {
    const gradient = expected[`grad/${name}`]!.data as Float32Array;
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(results[`grad/${name}`]!.data as Float32Array).toBeAllclose(gradient, { atol: 1e-5 * largest });
  }
});

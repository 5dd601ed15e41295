import { float32Data, GraphBuilder, ints, type Value } from "@sunstep/onnx-graph";
import { expect, it } from "vitest";
import { exactProducts, quantize } from "../src/index.js";
import { evaluate, integers, lower, namesOf } from "./evaluate.js";

const SIZE = 32;

/** torch.nn.Linear of `x`, as networks emit it. */
function linear(graph: GraphBuilder, name: string, x: Value): Value {
  const numbers = Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i));
  const weight = graph.initializer(`${name}.weight`, float32Data(numbers, [SIZE, SIZE]));
  return graph.scope(name, () =>
    graph.op("MatMul", [x, graph.op("Transpose", [weight], { perm: ints([1, 0]) })]),
  );
}

it("leaves in float32 what depends on invariant inputs alone, few rows, and products without a weight", () => {
  const graph = new GraphBuilder({ name: "network", opsets: { "": 23 } });
  const image = graph.input("image", "float32", [1, 64, SIZE]);
  const prompt = graph.input("prompt", "float32", [1, 77, SIZE]);
  const time = graph.input("time", "float32", [1, SIZE]);
  const keys = graph.op("Reshape", [linear(graph, "keys", prompt), graph.ints([1, SIZE, 77])]);
  graph.output("scores", graph.op("MatMul", [linear(graph, "queries", image), keys]));
  graph.output("embedded", linear(graph, "time", time));
  const model = graph.build();
  const quantized = (invariantInputs: readonly string[]) =>
    namesOf(lower(model, [quantize({ invariantInputs })]), "DynamicQuantizeMatMul").map(
      (name) => name.split("/")[0],
    );
  expect(quantized(["prompt"])).toEqual(["queries"]);
  expect(quantized([])).toEqual(["keys", "queries"]);
});

it("quantises the sum of a weight and a LoRA's product, and layers whose weight an exporter transposed", async () => {
  const [rows, size] = [24, 16];
  const graph = new GraphBuilder({ name: "foreign", opsets: { "": 23 } });
  const x = graph.input("x", "float32", [1, rows, size]);
  const constant = (name: string, numbers: Float32Array, shape: readonly number[]) =>
    graph.initializer(name, float32Data(numbers, shape));
  // Rows and columns hold 127, so that scales are 1; the product adds a multiple of 127 to the first row alone.
  const base = integers(size * size, -127, 2).map((weight, i) => (i < size ? 0 : weight));
  const up = constant(
    "up",
    Float32Array.from({ length: size }, (_, i) => (i === 0 ? 127 : 0)),
    [size, 1],
  );
  const down = constant("down", new Float32Array(size).fill(1), [1, size]);
  const adapted = graph.op("Add", [constant("base", base, [size, size]), graph.op("MatMul", [up, down])]);
  const hidden = graph.op("MatMul", [x, graph.op("Transpose", [adapted], { perm: ints([1, 0]) })]);
  graph.output("adapted", hidden);
  const transposed = integers(size * size, -127, 3).map((weight, i) => (i < size ? 127 : weight));
  const product = graph.op("MatMul", [x, constant("transposed", transposed, [size, size])]);
  graph.output("foreign", graph.op("Add", [constant("bias", integers(size, -127, 4), [size]), product]));
  const model = graph.build();
  expect(namesOf(lower(model, [quantize()]), "DynamicQuantizeMatMul")).toHaveLength(2);
  const feeds = { x: { dtype: "float32", shape: [1, rows, size], data: integers(rows * size, -128, 5) } };
  const [plain, quantized] = [await evaluate(model, [], feeds), await evaluate(model, [quantize()], feeds)];
  for (const name of ["adapted", "foreign"]) expect(quantized[name]!.data).toEqual(plain[name]!.data);
});

it("computes the exact products exactly", async () => {
  const { model, feeds, expected } = exactProducts();
  const lowered = lower(model, [quantize()]);
  expect([...namesOf(lowered, "Conv"), ...namesOf(lowered, "Gemm")]).toEqual([]);
  const results = await evaluate(model, [quantize()], feeds as Parameters<typeof evaluate>[2]);
  for (const [name, numbers] of Object.entries(expected)) expect(results[name]!.data).toEqual(numbers);
});

it("knows the exact products: float32 gives them too", async () => {
  const { model, feeds, expected } = exactProducts();
  const results = await evaluate(model, [], feeds as Parameters<typeof evaluate>[2]);
  for (const [name, numbers] of Object.entries(expected)) expect(results[name]!.data).toEqual(numbers);
});

it("has an error within the bound of rounding both operands to 8 bits", async () => {
  const rows = 40;
  const graph = new GraphBuilder({ name: "linear", opsets: { "": 23 } });
  graph.output("y", linear(graph, "linear", graph.input("x", "float32", [rows, SIZE])));
  const data = Float32Array.from({ length: rows * SIZE }, (_, i) => 3 * Math.cos(1.7 * i) + 1);
  const { y } = await evaluate(graph.build(), [quantize()], {
    x: { dtype: "float32", shape: [rows, SIZE], data },
  });
  const step = (Math.max(...data) - Math.min(...data)) / 255;
  for (let at = 0; at < rows * SIZE; at++) {
    const [row, output] = [Math.floor(at / SIZE), at % SIZE];
    const weights = Array.from({ length: SIZE }, (_, i) => Math.fround(Math.sin(output * SIZE + i)));
    const weightStep = Math.max(...weights.map(Math.abs)) / 127;
    let [exact, bound] = [0, 1e-4];
    for (const [i, weight] of weights.entries()) {
      const x = data[row * SIZE + i]!;
      exact += x * weight;
      bound += (Math.abs(weight) * step + Math.abs(x) * weightStep + (step * weightStep) / 2) / 2;
    }
    expect(Math.abs((y!.data as Float32Array)[at]! - exact)).toBeLessThan(bound);
  }
});

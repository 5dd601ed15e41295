// A graph of one cross-attention: context width 2, four channels in two heads, five image tokens.
import {
  float32Data,
  GraphBuilder,
  int,
  ints,
  type Model,
  type Pass,
  runPasses,
  type Value,
  writeOnnx,
} from "@sunstep/onnx-graph";
import { type RunTensor, runOnnx } from "@sunstep/testing";

export interface Sizes {
  readonly batch?: number;
  readonly tokens?: number;
}

/** The ways to write x W^T + b. */
export type Spelling = "MatMul" | "Gemm" | "heads";

const keyWeight = [1, 2, -1, 0, 3, 1, 0, -2];
const valueWeight = [0.5, -1, 2, 1, -0.5, 1, 1, -1];

export function oneAttention({ batch = 1, tokens = 3 }: Sizes = {}, spelling: Spelling = "MatMul"): Model {
  const b = new GraphBuilder({ name: "one attention", opsets: { "": 23 } });
  const query = b.input("sample", "float32", [batch, 5, 4]);
  const context = b.input("encoder_hidden_states", "float32", [batch, tokens, 2]);
  const [key, value] = [keyWeight, valueWeight].map((weight, i) =>
    project(b, context, weight, `w${i}`, spelling),
  );
  const heads = { q_num_heads: int(2), kv_num_heads: int(2) };
  b.output("out_sample", b.op("Attention", [query, key, value], heads, { name: "attn2/Attention" }));
  return b.build();
}

function project(b: GraphBuilder, x: Value, weight: number[], name: string, spelling: Spelling): Value {
  const [batch = 1, tokens = 1] = x.shape;
  const bias = b.initializer(`${name}.bias`, float32Data([0.1, 0.2, -0.1, 0.3], [4]));
  const matrix = b.initializer(name, float32Data(weight, [2, 4]));
  if (spelling === "MatMul") return b.op("Add", [b.op("MatMul", [x, matrix]), bias]);
  const flat = b.op("Reshape", [x, b.ints([batch * tokens, 2])]);
  const product = b.op("Gemm", [flat, matrix, bias]);
  if (spelling === "Gemm") return b.op("Reshape", [product, b.ints([batch, tokens, 4])]);
  const split = b.op("Reshape", [product, b.ints([batch, tokens, 2, 2])]);
  const there = b.op("Transpose", [split], { perm: ints([0, 2, 1, 3]) });
  const back = b.op("Transpose", [there], { perm: ints([0, 2, 1, 3]) });
  return b.op("Reshape", [back, b.ints([batch, tokens, 4])]);
}

export const floats = (shape: readonly number[], at: (i: number) => number): RunTensor => ({
  dtype: "float32",
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => at(i)),
});

export const numbers = (...values: number[]): RunTensor => floats([values.length], (i) => values[i]!);

export const feeds = ({ batch = 1, tokens = 3 }: Sizes = {}) => ({
  sample: floats([batch, 5, 4], (i) => Math.sin(i)),
  encoder_hidden_states: floats([batch, tokens, 2], (i) => Math.cos(2 * i)),
});

export async function run(
  model: Model,
  inputs: Readonly<Record<string, RunTensor>>,
  ...passes: readonly Pass[]
): Promise<Float32Array> {
  const { model: changed } = runPasses(model, passes);
  const results = await runOnnx(writeOnnx(changed), inputs);
  return results.out_sample!.data as Float32Array;
}

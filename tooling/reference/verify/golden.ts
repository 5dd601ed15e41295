// Files of inputs `in.*` and expected outputs `out.*`.
import { join } from "node:path";
import { type Tensor, tensor } from "@sunstep/tensor";
import { allclose, type GoldenTensor, readSafetensors } from "@sunstep/testing";

export interface Golden {
  /** Tells whether the file has `in.NAME`. */
  hasInput(name: string): boolean;
  /** `in.NAME` as float32, or int64 where it is stored so. */
  input(name: string): Tensor;
  /** `in.timestep` as networks take it: one float32 for each sample of a batch. */
  timesteps(batch: number): Tensor;
  /** Compares every element with an output of the file; throws an Error that names it. */
  compare(output: string, actual: Tensor, atol: number): void;
}

/** `prefix`: the case, of a file that holds several: `prefix.in.NAME`. Outputs are named with it. */
export function openGolden(dir: string, file: string, prefix?: string): Golden {
  const tensors = readSafetensors(join(dir, file));
  const input = (name: string) => (prefix === undefined ? `in.${name}` : `${prefix}.in.${name}`);
  const stored = (name: string): GoldenTensor => {
    const found = tensors.get(name);
    if (!found) throw new Error(`${file} has no ${name}`);
    return found;
  };
  return {
    hasInput: (name) => tensors.has(input(name)),
    input(name) {
      const { data, shape } = stored(input(name));
      return data instanceof BigInt64Array
        ? tensor(data, shape, "int64")
        : tensor(Float32Array.from(data, Number), shape);
    },
    timesteps(batch) {
      const given = Float32Array.from(stored(input("timestep")).data as ArrayLike<number | bigint>, Number);
      return tensor(
        Float32Array.from({ length: batch }, (_, i) => given[given.length === 1 ? 0 : i] ?? Number.NaN),
        [batch],
      );
    },
    compare(output, actual, atol) {
      const expected = stored(output);
      if (actual.shape.join() !== expected.shape.join())
        throw new Error(`${output} has shape [${actual.shape}], expected [${expected.shape}]`);
      const { pass, message } = allclose(actual.data, expected.data, { atol });
      if (!pass) throw new Error(`${output}: ${message}`);
    },
  };
}

/** The prompt of a golden file, `in.encoder_hidden_states`; a case may state that "the last 77" tokens are negative. */
export interface Prompts {
  readonly positive: Tensor;
  /** Empty if the case names no negative tokens. */
  readonly negative: Tensor;
}

export function promptsOf(golden: Golden, negativeTokens: string | undefined): Prompts {
  const both = golden.input("encoder_hidden_states");
  const total = both.shape[1]!;
  const [count = 0] = (negativeTokens?.match(/\d+/) ?? []).map(Number);
  return {
    positive: sliceTokens(both, 0, total - count),
    negative: sliceTokens(both, total - count, total),
  };
}

/** Part of a tensor [batch, tokens, channels] along its tokens. */
function sliceTokens(value: Tensor, from: number, to: number): Tensor {
  const [batch = 1, tokens = 1, channels = 1] = value.shape;
  const data = value.data as Float32Array;
  const part = new Float32Array(batch * (to - from) * channels);
  for (let i = 0; i < batch; i++) {
    const start = (i * tokens + from) * channels;
    part.set(data.subarray(start, start + (to - from) * channels), i * (to - from) * channels);
  }
  return tensor(part, [batch, to - from, channels]);
}

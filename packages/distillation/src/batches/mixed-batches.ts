import type { Conditioning } from "@sunstep/pipeline";
import { tensor } from "@sunstep/tensor";
import type { Batch, StepResult } from "../training/trainer.js";
import type { BatchSource } from "./batch-source.js";

/** Joins two sources: the first `split` samples of every batch come from `first`. */
export function mixedBatches(first: BatchSource, second: BatchSource, split: number): BatchSource {
  return {
    async take(step) {
      const [a, b] = [await first.take(step), await second.take(step)];
      return joined(a, b);
    },
    give(result) {
      first.give(part(result, 0, split));
      second.give(part(result, split));
    },
    save() {
      const [a, b] = [first.save(), second.save()];
      return { tensors: { ...a.tensors, ...b.tensors }, json: [a.json, b.json] };
    },
    restore({ tensors, json }) {
      const [a, b] = json as readonly [unknown, unknown];
      first.restore({ tensors, json: a });
      second.restore({ tensors, json: b });
    },
  };
}

function joined(a: Batch, b: Batch): Batch {
  return {
    sample: flat(a.sample, b.sample),
    timesteps: [...a.timesteps, ...b.timesteps],
    positive: stacked(a.positive, b.positive),
    negative: stacked(a.negative, b.negative),
    guidance: flat(a.guidance, b.guidance),
    ...(a.empty && b.empty && { empty: stacked(a.empty, b.empty) }),
  };
}

function stacked(a: Conditioning, b: Conditioning): Conditioning {
  return Object.fromEntries(
    Object.entries(a).map(
      ([
        name,
        {
          data,
          shape: [count = 0, ...rest],
        },
      ]) => {
        const other = b[name]!;
        return [name, tensor(flat(data, other.data), [count + other.shape[0]!, ...rest])];
      },
    ),
  );
}

function flat(a: ArrayLike<number>, b: ArrayLike<number>): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Returns the result of the samples from `start` to `end`. */
function part({ teacher, ...result }: StepResult, start: number, end?: number): StepResult {
  if (!teacher) return result;
  const { sample, timesteps } = teacher;
  const size = sample.length / timesteps.length;
  const last = end ?? timesteps.length;
  return {
    ...result,
    teacher: { sample: sample.subarray(start * size, last * size), timesteps: timesteps.slice(start, last) },
  };
}

import type { Runtime } from "@sunstep/runtime";
import { tensor } from "@sunstep/tensor";

/** Returns a runtime that loads anything as a text encoder computed by a formula of the ids. `runs` counts evaluations. */
export function fakeRuntime(width: number): Runtime & { readonly runs: () => number } {
  let runs = 0;
  return {
    name: "fake",
    device: "none",
    batching: "sequential",
    runs: () => runs,
    keep: () => Promise.reject(new Error("not needed here")),
    dispose: async () => undefined,
    load: async () => ({
      inputs: [],
      outputs: [],
      dispose: async () => undefined,
      async run({ input_ids }) {
        runs++;
        const ids = Array.from((input_ids as { data: BigInt64Array }).data, Number);
        const states = Float32Array.from({ length: ids.length * width }, (_, i) =>
          Math.sin(ids[Math.floor(i / width)]! + (i % width)),
        );
        return { last_hidden_state: tensor(states, [1, ids.length, width]) };
      },
    }),
  };
}

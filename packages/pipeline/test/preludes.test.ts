import type { KeptTensor, Session } from "@sunstep/runtime";
import { tensor } from "@sunstep/tensor";
import { expect, test } from "vitest";
import { Preludes } from "../src/preludes.js";

/** A session with one output of `elements` numbers; keeps count of its runs and of what was released. */
function counted(elements: number, fails: () => boolean = () => false) {
  const log = { runs: 0, released: [] as number[] };
  const shape = [elements];
  const session: Session = {
    inputs: [{ name: "prompt", dtype: "float32", shape: [2] }],
    outputs: [{ name: "keys", dtype: "float32", shape }],
    run: () => Promise.reject(new Error("keeps nothing")),
    async runKeeping(_, keep) {
      expect(keep).toEqual(["keys"]);
      const run = ++log.runs;
      if (fails()) throw new Error("out of memory");
      const keys: KeptTensor = {
        kept: true,
        dtype: "float32",
        shape,
        read: () => Promise.reject(new Error("not read")),
        release: async () => void log.released.push(run),
      };
      return { outputs: {}, kept: { keys } };
    },
    dispose: () => Promise.resolve(),
  };
  return { session, log };
}

const prompt = (...values: number[]) => ({ prompt: tensor(Float32Array.from(values), [values.length]) });

test("a session runs once for each content of its inputs", async () => {
  const preludes = new Preludes();
  const { session, log } = counted(10);
  const first = prompt(1, 2);
  const kept = await preludes.run(session, first);
  expect(await preludes.run(session, prompt(1, 2))).toEqual(kept);
  expect(log.runs).toBe(1);
  await preludes.run(session, prompt(1, 3));
  expect(log.runs).toBe(2);
  await preludes.run(counted(10).session, prompt(1, 2));
  // What the caller does with its array afterwards changes nothing.
  first.prompt.data[0] = 5;
  await preludes.run(session, prompt(1, 2));
  expect(log.runs).toBe(2);
  await preludes.run(session, first);
  expect(log.runs).toBe(3);
});

test("what was used least recently is released when there is too much", async () => {
  const preludes = new Preludes();
  // 40 MiB each: three fit.
  const { session, log } = counted(10 * 2 ** 20);
  for (const value of [1, 2, 3, 1, 4]) await preludes.run(session, prompt(value, value));
  await preludes.run(session, prompt(1, 1));
  expect(log).toEqual({ runs: 4, released: [2] });
  await preludes.dispose();
  expect(log.released.sort()).toEqual([1, 2, 3, 4]);
});

test("a few are kept however large", async () => {
  const preludes = new Preludes();
  const { session, log } = counted(2 ** 30);
  for (const value of [1, 2, 3, 1, 2, 3, 4, 4]) await preludes.run(session, prompt(value, value));
  expect(log).toEqual({ runs: 4, released: [1] });
});

test("one that failed is run again", async () => {
  const preludes = new Preludes();
  let fails = true;
  const { session, log } = counted(10, () => fails);
  await expect(preludes.run(session, prompt(1, 2))).rejects.toThrow("out of memory");
  fails = false;
  await preludes.run(session, prompt(1, 2));
  expect(log.runs).toBe(2);
});

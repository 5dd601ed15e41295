import { hostTensors } from "../device-tensor.js";
import type { LoadOptions } from "../runtime.js";
import type { CaseTable } from "./case.js";
import { expectClose, expectFailure, expectTrue } from "./expect.js";
import { affine, conditioned, conditionedValues, floats } from "./models.js";

const options: LoadOptions = { label: "the model", invariantInputs: ["p", "q", "s", "not an input"] };

export const invariantInputCases: CaseTable = {
  async "gives the same results whether inputs are declared invariant or not"({ runtime, tolerance }) {
    const shared = await runtime();
    const [split, whole] = await Promise.all([
      shared.load(conditioned(3), options),
      shared.load(conditioned(3)),
    ]);
    const names = [split, whole].map(({ inputs }) => inputs.map(({ name }) => name).join());
    expectTrue(names[0] === names[1], `inputs ${names[0]} instead of ${names[1]}`);
    const [p, q, s] = [floats([0.5, -1, 2]), floats([1, 0.25, -3]), floats([0.75])];
    for (const values of [
      [1, 2, 3],
      [-4, 0, 5],
    ]) {
      const feeds = { x: floats(values), p, q, s };
      const expected = conditionedValues(values, p.data, q.data, 0.75);
      expectClose((await split.run(feeds)).y!.data, expected, tolerance);
      expectClose((await whole.run(feeds)).y!.data, expected, tolerance);
    }
    await Promise.all([split.dispose(), whole.dispose()]);
  },

  async "notices other contents of an invariant input, in the caller's own array too"({
    runtime,
    tolerance,
  }) {
    const session = await (await runtime()).load(conditioned(2), options);
    const [x, p, q] = [floats([1, 2]), floats([0.5, -1]), floats([1, 1])];
    const check = async (s: number) =>
      expectClose(
        (await session.run({ x, p, q, s: floats([s]) })).y!.data,
        conditionedValues(x.data, p.data, q.data, s),
        tolerance,
      );
    await check(1);
    await check(0.25);
    p.data[1] = 3;
    await check(0.25);
    p.data[1] = -1;
    await check(0.25);
    await check(1);
    await session.dispose();
  },

  async "keeps apart many contents in concurrent runs"({ runtime, tolerance }) {
    const session = await (await runtime()).load(conditioned(2), options);
    const contents = Array.from({ length: 12 }, (_, i) => floats([i / 8, -i / 4]));
    const [x, q, s] = [floats([1, -2]), floats([0, 1]), floats([0.5])];
    const results = await Promise.all([...contents, ...contents].map((p) => session.run({ x, p, q, s })));
    results.forEach(({ y }, i) => {
      const p = contents[i % contents.length]!;
      expectClose(y!.data, conditionedValues(x.data, p.data, q.data, 0.5), tolerance);
    });
    await session.dispose();
  },

  async "takes device tensors as invariant inputs, and leaves outputs on the device"({ runtime, tolerance }) {
    const shared = await runtime();
    const session = await shared.load(conditioned(2), options);
    const [x, q, s] = [floats([1, 2]), floats([0, 1]), floats([2])];
    for (const values of [
      [0.5, 1],
      [-1, 3],
    ]) {
      const p = await shared.keep(floats(values));
      const results = await session.run({ x, p, q, s }, { keepOnDevice: ["y"] });
      expectTrue(Object.keys(hostTensors(results)).length === 0, "an output came back");
      await p.release();
      const expected = conditionedValues(x.data, values, q.data, 2);
      const { y } = results;
      if (y && "read" in y) expectClose((await y.read()).data, expected, tolerance);
      else throw new Error("y is missing");
      await y.release();
    }
    await session.dispose();
  },

  async "checks invariant inputs at every run"({ runtime, tolerance }) {
    const session = await (await runtime()).load(conditioned(2), options);
    const [x, p, q, s] = [floats([1, 2]), floats([1, 1]), floats([0, 1]), floats([2])];
    await session.run({ x, p, q, s });
    await expectFailure(session.run({ x, q, s }), "INPUT_MISSING", "the model", "p");
    await expectFailure(session.run({ x, p: floats([1]), q, s }), "INPUT_SHAPE", "p");
    const expected = conditionedValues(x.data, p.data, q.data, 2);
    expectClose((await session.run({ x, p, q, s })).y!.data, expected, tolerance);
    await session.dispose();
  },

  async "loads a model in which nothing depends on the invariant inputs alone"({ runtime, tolerance }) {
    const session = await (await runtime()).load(affine(2), { invariantInputs: ["p"] });
    expectClose((await session.run({ x: floats([1, 2]) })).y!.data, [3, 5], tolerance);
    await session.dispose();
  },
};

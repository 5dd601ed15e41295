import { GraphBuilder, type Model } from "@sunstep/onnx-graph";
import { tensor } from "@sunstep/tensor";
import type { CaseTable } from "./case.js";
import { expectClose, expectFailure, expectTrue } from "./expect.js";
import { affine, floats, nonsense, opsets, pattern, slow } from "./models.js";

export const lifetimeCases: CaseTable = {
  async "keeps runs at the same time apart"({ runtime, tolerance }) {
    const shared = await runtime();
    const [first, second] = await Promise.all([shared.load(affine(4)), shared.load(affine(4))]);
    const inputs = Array.from({ length: 20 }, (_, i) => floats([i, -i, i / 2, 0]));
    const results = await Promise.all(inputs.map((x, i) => (i % 2 === 0 ? first : second).run({ x })));
    results.forEach(({ y }, i) => {
      expectClose(
        y!.data,
        Array.from(inputs[i]!.data, (value) => 2 * value + 1),
        tolerance,
      );
    });
    await Promise.all([first.dispose(), second.dispose()]);
  },

  async "gives every run results of its own"({ runtime, tolerance }) {
    const session = await (await runtime()).load(affine(2));
    const { y: before } = await session.run({ x: floats([1, 2]) });
    await session.run({ x: floats([50, 60]) });
    expectClose(before!.data, [3, 5], tolerance);
    await session.dispose();
  },

  async "does not block while it runs"({ runtime }) {
    const session = await (await runtime()).load(slow(40, 384));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await session.run({ x: tensor(pattern(384 * 384), [384, 384]) });
    clearInterval(timer);
    expectTrue(ticks > 0, "no timer fired during the run");
    await session.dispose();
  },

  async "aborts runs before and after they begin"({ runtime, tolerance }) {
    const session = await (await runtime()).load(affine(2));
    const x = floats([1, 2]);
    const reason = new Error("enough");
    const error = await expectFailure(session.run({ x }, { signal: AbortSignal.abort(reason) }), "ABORTED");
    expectTrue(error.cause === reason, "the cause is not the signal's reason");
    const controller = new AbortController();
    const runs = [session.run({ x }), session.run({ x }, { signal: controller.signal })] as const;
    controller.abort();
    await expectFailure(runs[1], "ABORTED");
    expectClose((await runs[0]).y!.data, [3, 5], tolerance);
    await session.dispose();
  },

  async "aborts a load"({ runtime }) {
    const shared = await runtime();
    await expectFailure(shared.load(affine(2), { signal: AbortSignal.abort() }), "ABORTED");
    const controller = new AbortController();
    const load = shared.load(affine(2), { signal: controller.signal });
    controller.abort();
    await expectFailure(load, "ABORTED");
  },

  async "loads what `cut` makes of the prepared model"({ runtime, tolerance }) {
    const graph = new GraphBuilder({ name: "two outputs", opsets });
    const x = graph.input("x", "float32", [2]);
    graph.output("sum", graph.op("Add", [x, x]));
    graph.output("square", graph.op("Mul", [x, x]));
    const withOutput = (model: Model, i: number): Model => ({
      ...model,
      graph: { ...model.graph, outputs: [model.graph.outputs[i]!] },
    });
    const { second, first } = await (await runtime()).loadParts(graph.build(), (model) => ({
      second: withOutput(model, 1),
      first: withOutput(model, 0),
    }));
    const squares = await second.run({ x: floats([3, -4]) });
    expectTrue(Object.keys(squares).join() === "square", `outputs ${Object.keys(squares)}`);
    expectClose(squares.square!.data, [9, 16], tolerance);
    await second.dispose();
    expectClose((await first.run({ x: floats([3, -4]) })).sum!.data, [6, -8], tolerance);
    await first.dispose();
  },

  async "passes on what `cut` throws, and goes on"({ runtime }) {
    const shared = await runtime();
    const thrown = new Error("mine");
    const error: unknown = await shared
      .loadParts(affine(2), () => {
        throw thrown;
      })
      .catch((caught: unknown) => caught);
    expectTrue(error === thrown, "another error");
    const session = await shared.load(affine(2));
    await session.dispose();
  },

  async "loads no part if one cannot be loaded"({ runtime, tolerance }) {
    const shared = await runtime();
    const load = shared.loadParts(affine(2), (model) => ({ whole: model, broken: nonsense(model) }));
    await expectFailure(load, "MODEL_REJECTED");
    const session = await shared.load(affine(2));
    expectClose((await session.run({ x: floats([1, 2]) })).y!.data, [3, 5], tolerance);
    await session.dispose();
  },

  async "disposes of a session twice, after the runs under way"({ runtime, tolerance }) {
    const session = await (await runtime()).load(affine(2), { label: "the model" });
    const run = session.run({ x: floats([1, 2]) });
    await Promise.all([session.dispose(), session.dispose()]);
    expectClose((await run).y!.data, [3, 5], tolerance);
    await expectFailure(session.run({ x: floats([1, 2]) }), "SESSION_DISPOSED", "the model");
    await session.dispose();
  },

  async "disposes of a runtime twice, with its sessions"({ target }) {
    const own = await target.createRuntime();
    const session = await own.load(affine(2));
    await Promise.all([own.dispose(), own.dispose()]);
    await own.dispose();
    await session.dispose();
    await expectFailure(session.run({ x: floats([1, 2]) }), "SESSION_DISPOSED");
    await expectFailure(own.load(affine(2)), "SESSION_DISPOSED");
  },
};

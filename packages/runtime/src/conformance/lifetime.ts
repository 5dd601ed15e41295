import { tensor } from "@sunstep/tensor";
import type { CaseTable } from "./case.js";
import { expectClose, expectFailure, expectTrue } from "./expect.js";
import { affine, floats, pattern, slow } from "./models.js";

export const lifetimeCases: CaseTable = {
  async "keeps concurrent runs apart"({ runtime, tolerance }) {
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

  async "gives every run its own results"({ runtime, tolerance }) {
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

  async "disposes of a session after the runs under way, and again without effect"({ runtime, tolerance }) {
    const session = await (await runtime()).load(affine(2), { label: "the model" });
    const run = session.run({ x: floats([1, 2]) });
    await Promise.all([session.dispose(), session.dispose()]);
    expectClose((await run).y!.data, [3, 5], tolerance);
    await expectFailure(session.run({ x: floats([1, 2]) }), "SESSION_DISPOSED", "the model");
    await session.dispose();
  },

  async "disposes of a runtime with its sessions, and again without effect"({ target }) {
    const own = await target.createRuntime();
    const session = await own.load(affine(2));
    await Promise.all([own.dispose(), own.dispose()]);
    await own.dispose();
    await session.dispose();
    await expectFailure(session.run({ x: floats([1, 2]) }), "SESSION_DISPOSED");
    await expectFailure(own.load(affine(2)), "SESSION_DISPOSED");
  },
};

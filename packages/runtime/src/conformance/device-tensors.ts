import { tensor } from "@sunstep/tensor";
import { type DeviceTensor, isDeviceTensor } from "../device-tensor.js";
import type { Session } from "../runtime.js";
import type { CaseTable } from "./case.js";
import { expectClose, expectFailure, expectTrue } from "./expect.js";
import { affine, floats, pattern, slow } from "./models.js";

/** Runs the model and leaves `y` on the device. */
async function keepY(session: Session, x: DeviceTensor | ReturnType<typeof floats>): Promise<DeviceTensor> {
  const { y } = await session.run({ x }, { keepOnDevice: ["y"] });
  if (!y || !isDeviceTensor(y)) throw new Error("y did not stay on the device");
  return y;
}

export const deviceTensorCases: CaseTable = {
  async "takes an output that stayed on the device as an input, in any session"({ runtime, tolerance }) {
    const shared = await runtime();
    const [first, second] = await Promise.all([shared.load(affine(2)), shared.load(affine(2))]);
    const y = await keepY(first, floats([1, 2]));
    expectTrue(y.dtype === "float32" && String(y.shape) === "2", `${y.dtype} [${y.shape}]`);
    for (const session of [second, first]) {
      expectClose((await session.run({ x: y })).y!.data, [7, 11], tolerance);
    }
    await Promise.all([first.dispose(), second.dispose()]);
    expectClose((await y.read()).data, [3, 5], tolerance);
    await y.release();
  },

  async "keeps every result of a chain unchanged"({ runtime, tolerance }) {
    const session = await (await runtime()).load(affine(1));
    const chain = [await (await runtime()).keep(floats([1]))];
    for (let i = 0; i < 5; i++) chain.push(await keepY(session, chain[i]!));
    const values = await Promise.all(chain.map(async (result) => (await result.read()).data[0] as number));
    expectClose(values, [1, 3, 7, 15, 31, 63], tolerance);
    await Promise.all(chain.map((result) => result.release()));
    await session.dispose();
  },

  async "copies tensors that it keeps and tensors that are read"({ runtime }) {
    const given = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const kept = await (await runtime()).keep(tensor(given, [2]));
    given.fill(0);
    const read = await kept.read();
    expectClose(read.data, [1, 2]);
    (read.data as Float32Array).fill(0);
    expectClose((await kept.read()).data, [1, 2]);
    await kept.release();
  },

  async "checks device tensors as it checks others, and the names of outputs to keep"({ runtime }) {
    const shared = await runtime();
    const session = await shared.load(affine(2), { label: "the model" });
    const long = await shared.keep(floats([1, 2, 3]));
    const integers = await shared.keep(tensor(Int32Array.of(1, 2), [2], "int32"));
    await expectFailure(session.run({ x: long }), "INPUT_SHAPE", "the model", "[3]");
    await expectFailure(session.run({ x: integers }), "INPUT_DTYPE", "int32");
    await expectFailure(
      session.run({ x: floats([1, 2]) }, { keepOnDevice: ["z"] }),
      "OUTPUT_UNKNOWN",
      "z",
      "y",
    );
    await expectFailure(
      shared.keep({ dtype: "float32", shape: [2], data: new Float32Array(3) }),
      "TENSOR_SHAPE",
    );
    await Promise.all([long.release(), integers.release(), session.dispose()]);
  },

  async "frees a device tensor after the runs that use it, and refuses it from then on"({
    runtime,
    tolerance,
  }) {
    const shared = await runtime();
    const [busy, session] = await Promise.all([shared.load(slow(10, 256)), shared.load(affine(2))]);
    const x = await shared.keep(floats([1, 2]));
    const before = busy.run({ x: tensor(pattern(256 * 256), [256, 256]) });
    const runs = [session.run({ x }), session.run({ x })] as const;
    const released = x.release();
    await expectFailure(session.run({ x }), "TENSOR_RELEASED", "x");
    await expectFailure(x.read(), "TENSOR_RELEASED");
    for (const { y } of await Promise.all(runs)) expectClose(y!.data, [3, 5], tolerance);
    await Promise.all([before, released, x.release()]);
    await Promise.all([busy.dispose(), session.dispose()]);
  },

  async "refuses a device tensor of another runtime"({ runtime, target }) {
    const other = await target.createRuntime();
    const x = await other.keep(floats([1, 2]));
    const session = await (await runtime()).load(affine(2), { label: "the model" });
    await expectFailure(session.run({ x }), "TENSOR_RELEASED", "the model", "x");
    await Promise.all([other.dispose(), session.dispose()]);
  },

  async "returns no device tensor from an aborted run"({ runtime }) {
    const session = await (await runtime()).load(affine(2));
    const controller = new AbortController();
    const run = session.run({ x: floats([1, 2]) }, { keepOnDevice: ["y"], signal: controller.signal });
    controller.abort();
    await expectFailure(run, "ABORTED");
    await session.dispose();
  },

  async "frees device tensors with the runtime"({ target }) {
    const own = await target.createRuntime();
    const kept = await own.keep(floats([1]));
    await own.dispose();
    await expectFailure(kept.read(), "SESSION_DISPOSED");
    await expectFailure(own.keep(floats([1])), "SESSION_DISPOSED");
    await kept.release();
  },
};

import { tensor } from "@sunstep/tensor";
import type { CaseTable } from "./case.js";
import { expectClose, expectFailure } from "./expect.js";
import { affine, enlarged, floats, nonsense } from "./models.js";

export const errorCases: CaseTable = {
  async "names an input that is missing, unknown, or of the wrong type or shape"({ runtime }) {
    const session = await (await runtime()).load(affine(3), { label: "the model" });
    const x = floats([1, 2, 3]);
    await expectFailure(session.run({}), "INPUT_MISSING", "the model", "x", "[3]");
    await expectFailure(session.run({ x, w: x }), "INPUT_UNKNOWN", "w", "x");
    await expectFailure(session.run({ x: floats([1, 2]) }), "INPUT_SHAPE", "[3]", "[2]");
    await expectFailure(session.run({ x: floats([1, 2, 3], [3, 1]) }), "INPUT_SHAPE", "[3, 1]");
    await expectFailure(session.run({ x: { ...x, data: new Float32Array(2) } }), "INPUT_SHAPE", "2");
    const integers = tensor(Int32Array.of(1, 2, 3), [3], "int32");
    await expectFailure(session.run({ x: integers }), "INPUT_DTYPE", "float32", "int32");
    await expectFailure(session.run({ x: { ...integers, dtype: "float32" } }), "INPUT_DTYPE", "Int32Array");
    const { y } = await session.run({ x });
    expectClose(y!.data, [3, 5, 7]);
    await session.dispose();
  },

  async "refuses a model with an unknown operator"({ runtime }) {
    const load = (await runtime()).load(nonsense(affine(2)), { label: "the model" });
    await expectFailure(load, "MODEL_REJECTED", "the model", "Nonsense");
  },

  async "reports a tensor that no memory holds, and runs the next model"({ runtime }) {
    const shared = await runtime();
    const huge = await shared.load(enlarged(2 ** 42), { label: "the model" });
    await expectFailure(huge.run({ x: floats([1]) }), "OUT_OF_MEMORY", "the model");
    await huge.dispose();
    const session = await shared.load(affine(1));
    const { y } = await session.run({ x: floats([1]) });
    expectClose(y!.data, [3]);
    await session.dispose();
  },

  async "passes on NaN and infinity"({ runtime }) {
    const session = await (await runtime()).load(affine(2));
    const { y } = await session.run({ x: floats([Number.NaN, Number.POSITIVE_INFINITY]) });
    if (!Number.isNaN(y!.data[0]) || y!.data[1] !== Number.POSITIVE_INFINITY) throw new Error(`${y!.data}`);
    await session.dispose();
  },
};

import { tensor } from "@sunstep/tensor";
import type { LoadOptions } from "../runtime.js";
import type { CaseTable } from "./case.js";
import { expectClose, expectFailure, expectTrue } from "./expect.js";
import { conditioned, conditionedValues, floats, nonsense } from "./models.js";

const [x, p, q] = [floats([1, 2]), floats([0.5, -1]), floats([1, 1])];
const variants = { plain: { q: floats([0, 0]), s: floats([0]) }, strong: { s: floats([4]) } };

export const variantCases: CaseTable = {
  async "runs the whole model and its variants, with invariant inputs and without"({ runtime, tolerance }) {
    for (const invariantInputs of [[], ["p", "q", "s"]]) {
      const session = await (await runtime()).load(conditioned(2), { variants, invariantInputs });
      expectTrue(session.inputs.length === 4, "the session lacks inputs of the whole model");
      const whole = async (s: number) => session.run({ x, p, q, s: floats([s]) });
      for (let i = 0; i < 2; i++) {
        expectClose((await whole(0.5)).y!.data, conditionedValues(x.data, p.data, q.data, 0.5), tolerance);
        const plain = await session.run({ x, p }, { variant: "plain" });
        expectClose(plain.y!.data, conditionedValues(x.data, p.data, q.data, 0), tolerance);
        const strong = await session.run({ x, p, q }, { variant: "strong" });
        expectClose(strong.y!.data, conditionedValues(x.data, p.data, q.data, 4), tolerance);
      }
      await session.dispose();
    }
  },

  async "makes the requested variant while loading, and the whole model on demand"({ runtime, tolerance }) {
    const session = await (await runtime()).load(conditioned(2), { variants, variant: "plain" });
    const plain = await session.run({ x, p }, { variant: "plain" });
    expectClose(plain.y!.data, conditionedValues(x.data, p.data, q.data, 0), tolerance);
    const whole = await session.run({ x, p, q, s: floats([1]) });
    expectClose(whole.y!.data, conditionedValues(x.data, p.data, q.data, 1), tolerance);
    await session.dispose();
  },

  async "binds the values that a variant had when the model was loaded"({ runtime, tolerance }) {
    const s = floats([0.5]);
    const session = await (await runtime()).load(conditioned(2), { variants: { half: { s } } });
    s.data[0] = 9;
    const { y } = await session.run({ x, p, q }, { variant: "half" });
    expectClose(y!.data, conditionedValues(x.data, p.data, q.data, 0.5), tolerance);
    await session.dispose();
  },

  async "refuses bound inputs, missing ones and unknown variants"({ runtime }) {
    const session = await (await runtime()).load(conditioned(2), { variants, label: "the model" });
    const run = (feeds: object, variant: string) => session.run(feeds as { x: typeof x }, { variant });
    await expectFailure(run({ x, p, q, s: floats([1]) }, "strong"), "INPUT_UNKNOWN", "the model", "s");
    await expectFailure(run({ x }, "plain"), "INPUT_MISSING", "p");
    await expectFailure(run({ x, p }, "none"), "VARIANT_UNKNOWN", "the model", "none", "plain", "strong");
    await expectFailure(run({ x, p }, "toString"), "VARIANT_UNKNOWN", "toString");
    await session.dispose();
  },

  async "refuses to load a variant that does not fit the model"({ runtime }) {
    const shared = await runtime();
    const load = (options: LoadOptions) => shared.load(conditioned(2), { label: "the model", ...options });
    await expectFailure(load({ variants: { odd: { z: x } } }), "INPUT_UNKNOWN", "the model", "odd", "z");
    await expectFailure(load({ variants: { odd: { s: x } } }), "INPUT_SHAPE", "odd", "s");
    const integer = tensor(Int32Array.of(1), [1], "int32");
    await expectFailure(load({ variants: { odd: { s: integer } } }), "INPUT_DTYPE", "odd", "int32");
    await expectFailure(load({ variants, variant: "none" }), "VARIANT_UNKNOWN", "none");
  },

  async "refuses a variant of a model with an unknown operator"({ runtime }) {
    const load = (await runtime()).load(nonsense(conditioned(2)), {
      label: "the model",
      variants,
      variant: "plain",
    });
    await expectFailure(load, "MODEL_REJECTED", "the model", "Nonsense");
  },
};

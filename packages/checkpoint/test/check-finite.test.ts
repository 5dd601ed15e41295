import { encodeBfloat16, encodeFloat16 } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { checkFinite, memorySource, openSafetensors } from "../src/index.js";
import { fileSource } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { writeSafetensors } from "./write-safetensors.js";

it("names the first weight that is not finite", async () => {
  const file = await openSafetensors(await fileSource(fixture("hostile/nan_weights.safetensors")));
  const error = await errorOf(checkFinite(file.weights));
  expect(error.code).toBe("CHECKPOINT_NOT_FINITE");
  expect(error.message).toMatch(/nan_weights\.safetensors: weight conv_in\.(weight|bias)/);
});

const types = {
  F16: (values: number[]) => encodeFloat16(Float32Array.from(values)),
  BF16: (values: number[]) => encodeBfloat16(Float32Array.from(values)),
  F32: (values: number[]) => Float32Array.from(values),
  F64: (values: number[]) => Float64Array.from(values),
};

it.each(Object.entries(types))(
  "finds NaN and infinities in %s, and no finite number",
  async (dtype, encode) => {
    const open = async (values: number[]) =>
      (
        await openSafetensors(
          memorySource(
            writeSafetensors({
              x: { dtype, shape: [values.length], bytes: new Uint8Array(encode(values).buffer) },
            }),
          ),
        )
      ).weights;
    await checkFinite(await open([0, -0, 1, -65504, 2 ** -24, 60000]));
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const error = await errorOf(checkFinite(await open([1, 2, bad, 4])));
      expect(error.details).toMatchObject({ weight: "x", index: 2 });
    }
  },
);

it("passes over a whole model", async () => {
  const file = await openSafetensors(
    await fileSource(fixture("tiny-taesd/diffusion_pytorch_model.safetensors")),
  );
  await checkFinite(file.weights);
});

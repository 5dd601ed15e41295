import { encodeBfloat16, encodeFloat16, type Tensor, tensor } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { checkFinite, memorySource, openSafetensors, writeSafetensors } from "../src/index.js";
import { fileSource } from "../src/node.js";
import { errorOf } from "./errors-of.js";

it("names the first weight that is not finite", async () => {
  const file = await openSafetensors(await fileSource(fixture("hostile/nan_weights.safetensors")));
  const error = await errorOf(checkFinite(file.weights));
  expect(error.code).toBe("CHECKPOINT_NOT_FINITE");
  expect(error.message).toMatch(/nan_weights\.safetensors: weight conv_in\.(weight|bias)/);
});

const types: Readonly<Record<string, (values: number[]) => Tensor>> = {
  float16: (values) => tensor(encodeFloat16(Float32Array.from(values)), [values.length], "float16"),
  bfloat16: (values) => tensor(encodeBfloat16(Float32Array.from(values)), [values.length], "bfloat16"),
  float32: (values) => tensor(Float32Array.from(values), [values.length]),
  float64: (values) => tensor(Float64Array.from(values), [values.length], "float64"),
};

it.each(Object.entries(types))("finds NaN and infinities in %s, and no finite number", async (_, encode) => {
  const open = async (values: number[]) =>
    (await openSafetensors(memorySource(writeSafetensors({ x: encode(values) })))).weights;
  await checkFinite(await open([0, -0, 1, -65504, 2 ** -24, 60000]));
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const error = await errorOf(checkFinite(await open([1, 2, bad, 4])));
    expect(error.details).toMatchObject({ weight: "x", index: 2 });
  }
});

it("reads every weight of a model once and finds nothing in a sound one", async () => {
  const source = await fileSource(fixture("tiny-taesd/diffusion_pytorch_model.safetensors"));
  let bytesRead = 0;
  const counted = {
    ...source,
    read(offset: number, length: number) {
      bytesRead += length;
      return source.read(offset, length);
    },
  };
  const { weights, tensors } = await openSafetensors(counted);
  bytesRead = 0;
  await expect(checkFinite(weights)).resolves.toBeUndefined();
  expect(bytesRead).toBe([...tensors.values()].reduce((sum, { length }) => sum + length, 0));
});

import { memorySource, openSafetensors, readWeight } from "@sunstep/checkpoint";
import { encodeFloat16, toFloat32 } from "@sunstep/tensor";
import { fixture, readSafetensors } from "@sunstep/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readSunAdapter, type SunTensor, writeSunAdapter } from "../src/index.js";

const open = (file: Uint8Array) => openSafetensors(memorySource(file, "written.safetensors"));

/** A whole adapter; weights are values of float16. */
function made(
  channels: readonly number[],
  context: number,
  addPos: boolean,
  values: Float32Array,
): SunTensor[] {
  let at = 0;
  const take = (name: string, shape: readonly number[]): SunTensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: Float32Array.from({ length }, () => values[at++ % values.length]!) };
  };
  return channels.flatMap((width, i) =>
    (addPos ? ["neg", "extra_pos"] : ["neg"]).flatMap((branch) => [
      take(`${2 * i + 1}.to_k_${branch}.weight`, [width, context]),
      take(`${2 * i + 1}.to_v_${branch}.weight`, [width, context]),
      take(`${2 * i + 1}.to_k_${branch}_alpha`, [width]),
      take(`${2 * i + 1}.to_k_${branch}_beta`, [width]),
    ]),
  );
}

it("writes an adapter that is read back unchanged, in float16 and float32", async () => {
  const widths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 });
  const values = fc.float32Array({
    minLength: 1,
    maxLength: 20,
    noNaN: true,
    noDefaultInfinity: true,
    max: 60000,
    min: -60000,
  });
  await fc.assert(
    fc.asyncProperty(
      widths,
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      values,
      async (channels, context, addPos, numbers) => {
        const tensors = made(channels, context, addPos, numbers);
        for (const dtype of ["float16", "float32"] as const) {
          const file = await open(writeSunAdapter(tensors, { dtype, metadata: { steps: "4" } }));
          expect({ ...file.metadata }).toEqual({ steps: "4" });
          const adapter = readSunAdapter(file);
          expect(adapter.variant).toBe(addPos ? "add_pos" : "plain");
          expect(adapter.layers.map(({ index }) => index)).toEqual(channels.map((_, i) => 2 * i + 1));
          for (const { name, shape, data } of tensors) {
            const read = await readWeight(file.weights.get(name));
            expect(read).toEqual({ dtype, shape, data: dtype === "float16" ? encodeFloat16(data) : data });
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

it.each(["plain", "addpos"])("writes the tensors of an authors' file unchanged: %s", async (variant) => {
  const golden = readSafetensors(fixture(`sun/tiny-sd15_${variant}.safetensors`));
  const tensors = [...golden].map(([name, { shape, data }]) => ({ name, shape, data: data as Float32Array }));
  const { weights } = await open(writeSunAdapter(tensors));
  expect(weights.names().sort()).toEqual([...golden.keys()].sort());
  for (const [name, { data }] of golden) {
    const weight = await readWeight(weights.get(name));
    expect(weight.dtype).toBe("float16");
    expect(toFloat32(weight)).toEqual(data);
  }
});

it.each<[string, string, (tensors: SunTensor[]) => SunTensor[], RegExp]>([
  ["one weight short", "SUN_INCOMPLETE", (all) => all.slice(0, -1), /layer 3 .*to_k_extra_pos_beta/],
  ["without weights", "SUN_NOT_AN_ADAPTER", () => [], /no tensors/],
  [
    "with another model's weight",
    "SUN_NOT_AN_ADAPTER",
    ([first, ...all]) => [{ ...first!, name: "conv_in.weight" }, ...all],
    /conv_in\.weight/,
  ],
  [
    "for a self-attention",
    "SUN_SELF_ATTENTION",
    ([first, ...all]) => [{ ...first!, name: "2.to_k_neg.weight" }, ...all],
    /index 2/,
  ],
  [
    "of another shape",
    "SUN_SHAPE",
    ([first, ...all]) => [{ ...first!, shape: [2, 3] }, ...all],
    /must be \[2, 3\]/,
  ],
  [
    "too large for float16",
    "SUN_NOT_FINITE",
    ([first, ...all]) => [{ ...first!, data: first!.data.fill(65520) }, ...all],
    /1\.to_k_neg\.weight holds 65520 at 0/,
  ],
  [
    "not a number",
    "SUN_NOT_FINITE",
    ([first, ...all]) => [{ ...first!, data: first!.data.fill(Number.NaN) }, ...all],
    /NaN/,
  ],
])("rejects an adapter %s", (_, code, change, message) => {
  const tensors = change(made([3, 2], 2, true, Float32Array.of(1, 2, 3)));
  expect(() => writeSunAdapter(tensors)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

// Forms of changes that no case of the reference has, against the formulas written out as loops: LyCORIS's (lycoris/functional
// of lycoris-lora 4.1.3) and PEFT's (tuners/{loha,lokr}/layer.py of peft 0.21).
import { type AdaptableWeights, memorySource, openSafetensors, writeSafetensors } from "@sunstep/checkpoint";
import { type Tensor, tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../checkpoint/test/errors-of.js";
import { addLoras, type ReadLoraOptions, readLora } from "../src/index.js";
import { weightChanges } from "./weight-changes.js";

const [OUT, IN, K] = [6, 8, 3];
const numbers = (seed: number, ...shape: number[]): Tensor<"float32"> =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(seed + 1.7 * i)),
    shape,
  );
let files = 0;
/** Files of one graph have different names. */
const open = (tensors: Record<string, Tensor>) =>
  openSafetensors(memorySource(writeSafetensors(tensors), `made-${files++}.safetensors`));

const { weights } = await open({
  "mid_block.conv.weight": numbers(1, OUT, IN, K, K),
  "mid_block.conv.bias": numbers(2, OUT),
  "mid_block.linear.weight": numbers(3, OUT, IN),
});
const model: AdaptableWeights = { unet: weights };

const spelled = (module: string, tensors: Record<string, Tensor>) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, value]) => [`lora_unet_mid_block_${module}.${name}`, value]),
  );
const read = async (tensors: Record<string, Tensor>, options?: ReadLoraOptions) =>
  readLora(await open(tensors), model, options);

/** The change of the one parameter that a file changes. */
async function changeOf(tensors: Record<string, Tensor>, options?: ReadLoraOptions) {
  const changes = Object.values(await weightChanges(await read(tensors, options), model, 1));
  expect(changes).toHaveLength(1);
  return changes[0]!;
}

type Matrix = (row: number, column: number) => number;
const at =
  ({ data, shape }: Tensor<"float32">): Matrix =>
  (row, column) =>
    data[row * (data.length / shape[0]!) + column]!;
const times =
  (left: Matrix, right: Matrix, rank: number): Matrix =>
  (row, column) =>
    Array.from({ length: rank }, (_, r) => left(row, r) * right(r, column)).reduce((a, b) => a + b, 0);
/** kron(first, second), of a second factor [rows, columns]. */
const kron =
  (first: Matrix, second: Matrix, [rows, columns]: readonly [number, number]): Matrix =>
  (row, column) =>
    first(Math.floor(row / rows), Math.floor(column / columns)) * second(row % rows, column % columns);
const list = (matrix: Matrix, columns: number) =>
  Array.from({ length: OUT * columns }, (_, i) => matrix(Math.floor(i / columns), i % columns));

describe("readLora on LoKr", () => {
  const w1 = numbers(1, 2, 4);
  const [w1a, w1b] = [numbers(2, 2, 3), numbers(3, 3, 4)];
  const w2 = numbers(4, 3, 2, K, K);
  const [w2a, w2b] = [numbers(5, 3, 3), numbers(6, 3, 2 * K * K)];
  const [t2, t2a, t2b] = [numbers(7, 3, 3, K, K), numbers(8, 3, 3), numbers(9, 3, 2)];
  const alpha = tensor(Float32Array.of(1.5), []);
  const tucker: Matrix = (row, column) => {
    let sum = 0;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        const [input, tap] = [Math.floor(column / (K * K)), column % (K * K)];
        sum += at(t2)(i, j * K * K + tap) * at(t2a)(i, row) * at(t2b)(j, input);
      }
    return sum;
  };
  const firsts = [
    ["one tensor", { lokr_w1: w1 }, at(w1)],
    ["a product", { lokr_w1_a: w1a, lokr_w1_b: w1b }, times(at(w1a), at(w1b), 3)],
  ] as const;
  const seconds = [
    ["one tensor", { lokr_w2: w2 }, at(w2)],
    ["a product", { lokr_w2_a: w2a, lokr_w2_b: w2b }, times(at(w2a), at(w2b), 3)],
    ["a Tucker form", { lokr_t2: t2, lokr_w2_a: t2a, lokr_w2_b: t2b }, tucker],
  ] as const;
  it.each(firsts.flatMap((first) => seconds.map((second) => ({ first, second }))))(
    "takes factors of any two forms: $first.0 and $second.0",
    async ({ first, second }) => {
      const isWhole = first[0] === "one tensor" && second[0] === "one tensor";
      const change = await changeOf(spelled("conv", { ...first[1], ...second[1], alpha }));
      const expected = list(kron(first[2], second[2], [3, 2 * K * K]), IN * K * K);
      expect(change.shape).toEqual([OUT, IN, K, K]);
      expect(change.data).toBeAllclose(
        expected.map((value) => value * (isWhole ? 1 : 0.5)),
        { atol: 1e-5 },
      );
    },
  );

  it("does not count an alpha beyond float16 where both factors are whole", async () => {
    const factors = { lokr_w1: w1, lokr_w2: numbers(4, 3, 2) };
    const plain = await changeOf(spelled("linear", factors));
    const stated = await changeOf(
      spelled("linear", { ...factors, alpha: tensor(Float32Array.of(Number.POSITIVE_INFINITY), []) }),
    );
    expect(stated.data).toBeAllclose(plain.data, {});
  });

  it("divides by the rank of PEFT's config where both factors are whole", async () => {
    const factors = { lokr_w1: w1, lokr_w2: numbers(4, 3, 2) };
    const plain = await changeOf(spelled("linear", factors));
    const config = { peft_type: "LOKR", alpha: 8, r: 4, rank_pattern: { "conv.*": 2 } };
    const file = Object.entries(factors).map(([name, value]) => [
      `base_model.model.mid_block.linear.${name}`,
      value,
    ]);
    const scaled = await changeOf(Object.fromEntries(file), { config });
    expect(scaled.data).toBeAllclose(
      Float32Array.from(plain.data, (value) => 2 * value),
      {
        atol: 1e-6,
      },
    );
  });
});

describe("readLora on biases", () => {
  it("adds PEFT's bias of the second factor, scaled as the factors", async () => {
    const bias = numbers(5, OUT);
    const file = {
      "unet.mid_block.conv.lora_A.weight": numbers(1, 2, IN, K, K),
      "unet.mid_block.conv.lora_B.weight": numbers(2, OUT, 2, 1, 1),
      "unet.mid_block.conv.lora_B.bias": bias,
    };
    const lora = await read(file, { config: { lora_alpha: 3 } });
    const changes = await weightChanges(lora, model, 0.5);
    expect(Object.keys(changes).sort()).toEqual(["unet.mid_block.conv.bias", "unet.mid_block.conv.weight"]);
    expect(changes["unet.mid_block.conv.bias"]!.data).toBeAllclose(
      bias.data.map((value) => 0.75 * value),
      { atol: 1e-6 },
    );
  });

  it("leaves out a bias that the model's layer lacks, with a warning", async () => {
    const file = spelled("linear", { diff: numbers(1, OUT, IN), diff_b: numbers(2, OUT) });
    const { targets, unknown, warnings } = await read(file);
    expect(targets.map(({ parameter }) => parameter)).toEqual(["mid_block.linear.weight"]);
    expect(unknown).toEqual(["lora_unet_mid_block_linear.diff_b"]);
    expect(warnings).toMatchObject([{ code: "LORA_UNKNOWN_MODULES" }]);
  });
});

describe("addLoras with DoRA", () => {
  const magnitudes = (count: number) =>
    tensor(
      Float32Array.from({ length: count }, (_, i) => 1 + i),
      [count, 1],
    );
  const pair = { "lora_down.weight": numbers(1, 2, IN), "lora_up.weight": numbers(2, OUT, 2) };

  it("gives every row the norm that the file states", async () => {
    const change = await changeOf(spelled("linear", { ...pair, dora_scale: magnitudes(OUT) }));
    const base = numbers(3, OUT, IN).data;
    for (let row = 0; row < OUT; row++) {
      const merged = Array.from({ length: IN }, (_, i) => base[row * IN + i]! + change.data[row * IN + i]!);
      expect(Math.hypot(...merged)).toBeCloseTo(1 + row, 4);
    }
  });

  it("keeps a weight of zeros finite", async () => {
    const zeros = {
      unet: (await open({ "mid_block.linear.weight": tensor(new Float32Array(OUT * IN), [OUT, IN]) }))
        .weights,
    };
    const nothing = { ...pair, "lora_up.weight": tensor(new Float32Array(OUT * 2), [OUT, 2]) };
    const lora = await readLora(
      await open(spelled("linear", { ...nothing, dora_scale: magnitudes(OUT) })),
      zeros,
    );
    const changes = await weightChanges(lora, zeros, 1);
    expect(changes["unet.mid_block.linear.weight"]!.data).toBeAllclose(new Float32Array(OUT * IN), {});
  });

  it("adds up with a LoRA of the same weight in any order", async () => {
    const dora = await read(spelled("linear", { ...pair, dora_scale: magnitudes(OUT) }));
    const lora = await read(
      spelled("linear", { "lora_down.weight": numbers(4, 1, IN), "lora_up.weight": numbers(5, OUT, 1) }),
    );
    const both = { targets: [...dora.targets, ...lora.targets], unknown: [], warnings: [] };
    const other = { targets: [...lora.targets, ...dora.targets], unknown: [], warnings: [] };
    const [one, two] = [await weightChanges(both, model, 0.7), await weightChanges(other, model, 0.7)];
    const alone = [await weightChanges(dora, model, 0.7), await weightChanges(lora, model, 0.7)];
    const name = "unet.mid_block.linear.weight";
    const sum = Float32Array.from(alone[0]![name]!.data, (value, i) => value + alone[1]![name]!.data[i]!);
    expect(one[name]!.data).toBeAllclose(sum, { atol: 1e-5 });
    expect(two[name]!.data).toBeAllclose(sum, { atol: 1e-5 });
  });
});

describe("readLora on forms that do not fit", () => {
  const loha = {
    hada_w1_a: numbers(1, OUT, 2),
    hada_w1_b: numbers(2, 2, IN),
    hada_w2_a: numbers(3, OUT, 2),
    hada_w2_b: numbers(4, 2, IN),
  };
  const lokr = { lokr_w1: numbers(1, 2, 4), lokr_w2_a: numbers(2, 3, 2), lokr_w2_b: numbers(3, 2, 2) };
  const lora = { "lora_down.weight": numbers(1, 2, IN), "lora_up.weight": numbers(2, OUT, 2) };
  const { hada_w2_b: _, ...lohaLess } = loha;
  const { lokr_w1: _w1, ...lokrLess } = lokr;

  it.each<readonly [string, Record<string, Tensor>, string, RegExp]>([
    ["a LoHa of three factors", lohaLess, "LORA_INCOMPLETE", /lacks hada_w2_b/],
    ["a LoKr of one factor", lokrLess, "LORA_INCOMPLETE", /lacks lokr_w1/],
    ["one core of two", { ...loha, hada_t1: numbers(1, 2, 2, K, K) }, "LORA_INCOMPLETE", /lacks hada_t2/],
    ["an alpha alone", { alpha: numbers(1, 1) }, "LORA_INCOMPLETE", /alpha lacks the factors/],
    [
      "magnitudes alone",
      { dora_scale: numbers(1, OUT, 1) },
      "LORA_INCOMPLETE",
      /dora_scale lacks the factors/,
    ],
    [
      "two changes of a weight",
      { ...lora, diff: numbers(1, OUT, IN) },
      "LORA_AMBIGUOUS",
      /diff and .*lora_down/,
    ],
    ["two forms of a factor", { ...lokr, lokr_w2: numbers(1, 3, 2) }, "LORA_AMBIGUOUS", /lokr_w2 /],
    [
      "a rank of 0",
      { ...loha, hada_w1_a: numbers(1, OUT, 0), hada_w1_b: numbers(1, 0, IN) },
      "LORA_RANK",
      /\[6,0\]/,
    ],
    [
      "halves of different ranks",
      { ...loha, hada_w2_a: numbers(1, OUT, 3), hada_w2_b: numbers(1, 3, IN) },
      "LORA_RANK",
      /\[3,8\]/,
    ],
    [
      "factors of too many outputs",
      { ...lokr, lokr_w1: numbers(1, 4, 4) },
      "LORA_SHAPE",
      /lokr_w1 \[4,4\].*weight \[6,8\]/,
    ],
    ["a factor of three axes", { ...lokr, lokr_w1: numbers(1, 2, 4, 1) }, "LORA_SHAPE", /\[2,4,1\]/],
    ["a difference of another shape", { diff: numbers(1, IN, OUT) }, "LORA_SHAPE", /diff \[8,6\].*\[6,8\]/],
    ["a norm's difference on a layer", { w_norm: numbers(1, OUT) }, "LORA_SHAPE", /w_norm \[6\]/],
    [
      "magnitudes of another layer",
      { ...lora, dora_scale: numbers(1, 5, 1) },
      "LORA_SHAPE",
      /dora_scale \[5,1\]/,
    ],
    [
      "PEFT's magnitudes of another layer",
      { ...lora, lora_magnitude_vector: numbers(1, 1, OUT, 2, 1) },
      "LORA_SHAPE",
      /\[1,6,2,1\]/,
    ],
    [
      "NaN among the factors",
      { ...loha, hada_w1_a: tensor(new Float32Array(OUT * 2).fill(Number.NaN), [OUT, 2]) },
      "CHECKPOINT_NOT_FINITE",
      /hada_w1_a is NaN/,
    ],
    [
      "infinite magnitudes",
      { ...lora, dora_scale: tensor(new Float32Array(OUT).fill(1 / 0), [OUT, 1]) },
      "CHECKPOINT_NOT_FINITE",
      /dora_scale/,
    ],
    [
      "integers for factors",
      { diff: tensor(new Int32Array(OUT * IN), [OUT, IN], "int32") },
      "LORA_DATA_TYPE",
      /int32/,
    ],
  ])("rejects %s", async (_, tensors, code, message) => {
    const error = await errorOf(read(spelled("linear", tensors)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/made-\d+\.safetensors/);
  });

  it("rejects two tensors for one factor under two spellings", async () => {
    const file = { ...spelled("linear", lora), "unet.mid_block.linear.lora_A.weight": numbers(1, 2, IN) };
    const error = await errorOf(read(file));
    expect(error).toMatchObject({ code: "LORA_AMBIGUOUS" });
    expect(error.message).toMatch(/lora_down\.weight and unet\.mid_block\.linear\.lora_A/);
  });

  it("rejects DoRA of PEFT without the magnitudes that its config states", async () => {
    const error = await errorOf(read(spelled("linear", lora), { config: { use_dora: true } }));
    expect(error.code).toBe("LORA_INCOMPLETE");
    expect(error.message).toMatch(/magnitudes of DoRA/);
  });

  it("rejects in the graph what does not fit the graph's weight", async () => {
    const made = await read(spelled("linear", lora));
    const target = { ...made.targets[0]!, parameter: "mid_block.conv.weight" };
    await expect(weightChanges({ ...made, targets: [target] }, model, 1)).rejects.toMatchObject({
      code: "LORA_SHAPE",
    });
    expect(() => addLoras([{ lora: made, scale: Number.POSITIVE_INFINITY }], "unet")).toThrow("LoRA's scale");
  });
});

import { tensor } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { composing } from "../src/guidance/compose.js";
import { type Conditioning, classifierFreeGuidance, noGuidance } from "../src/index.js";

const conditioning = (value: number): Conditioning => ({ x: tensor(Float32Array.of(value), [1]) });
const positive = [conditioning(1), conditioning(2)];
const negative = [conditioning(10), conditioning(20)];
/** The first image's prompt is "1 AND 5 :0.5 AND 7 :-1"; the second's is not composed. */
const composed = [
  [
    { conditioning: positive[0]!, weight: 1 },
    { conditioning: conditioning(5), weight: 0.5 },
    { conditioning: conditioning(7), weight: -1 },
  ],
  undefined,
];
const step = { scale: 3, rescale: 0, batch: 2, index: 0, count: 1, timestep: 0 };

/** A network of two numbers an image, that counts its evaluations. */
function network() {
  const seen: number[][] = [];
  const evaluate = async (images: readonly Conditioning[]) => {
    const values = images.map(({ x }) => x!.data[0]!);
    seen.push(values);
    return Float32Array.from(values.flatMap((value) => [value, 2 * value]));
  };
  return { seen, evaluate };
}

it("adds the parts' differences from the negative prompt by their weights, as AUTOMATIC1111 does", async () => {
  const { seen, evaluate } = network();
  const prompts = { positive, negative };
  const result = await classifierFreeGuidance.predict(composing(evaluate, prompts, composed), prompts, step);
  // combine_denoised: negative + sum of (part - negative) * weight * scale
  const first = 10 + ((1 - 10) * 1 + (5 - 10) * 0.5 + (7 - 10) * -1) * 3;
  const second = 20 + (2 - 20) * 3;
  expect([...result]).toEqual([first, 2 * first, second, 2 * second]);
  expect(seen).toEqual([
    [10, 20],
    [1, 2],
    [5, 2],
    [7, 2],
  ]);
});

it("takes the first part for the base where no negative prompt is read", async () => {
  const { seen, evaluate } = network();
  const prompts = { positive, negative: [] };
  const result = await noGuidance.predict(composing(evaluate, prompts, composed), prompts, step);
  const first = 1 + (5 - 1) * 0.5 + (7 - 1) * -1;
  expect([...result]).toEqual([first, 2 * first, 2, 4]);
  expect(seen).toHaveLength(3);
});

it("weighs a single part, and leaves prompts alone that are not composed", async () => {
  const { evaluate } = network();
  const prompts = { positive: [positive[0]!], negative: [negative[0]!] };
  const weighted = [[{ conditioning: positive[0]!, weight: 2 }]];
  const guided = await classifierFreeGuidance.predict(composing(evaluate, prompts, weighted), prompts, {
    ...step,
    batch: 1,
  });
  expect([...guided]).toEqual([10 - 9 * 2 * 3, 20 - 18 * 2 * 3]);
  expect(composing(evaluate, prompts, [undefined])).toBe(evaluate);
});

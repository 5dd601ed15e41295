import { expect, it } from "vitest";
import { hasFastInt8 } from "../src/processor.js";

it.each([
  ["Intel Xeon, Ice Lake", "Intel(R) Xeon(R) Processor fpu avx2 avx512f avx512_vnni avx512_bitalg", true],
  ["Intel Core, Alder Lake", "12th Gen Intel(R) Core(TM) i5 fpu avx2 avx_vnni", true],
  ["AVX-512 without VNNI", "Intel(R) Xeon(R) Gold fpu avx2 avx512f avx512bw", false],
  ["ARM", " fp asimd asimddp i8mm", false],
  ["no list of features", "Apple M2 ", false],
])("finds instructions for products of bytes: %s", (_, processor, fast) => {
  expect(hasFastInt8(processor)).toBe(fast);
});

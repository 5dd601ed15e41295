// The comparison of 8 bits with float32, as Markdown.
import type { Int8Comparison } from "../claims/int8.js";
import { interval, number, percent, table, threeDigits } from "./format.js";

export function int8Table({
  decibels,
  fd,
  negative,
}: Pick<Int8Comparison, "decibels" | "fd" | "negative">): string {
  const quantile = (share: number) => number(decibels[Math.floor(share * (decibels.length - 1))]!);
  const rows = [
    [
      `PSNR to float32, dB: median, tenth percentile, lowest (${decibels.length} images)`,
      "",
      `${quantile(0.5)}, ${quantile(0.1)}, ${quantile(0)}`,
    ],
    ["Fréchet distance to 25 guided steps", threeDigits(fd.float32), threeDigits(fd.int8)],
    ...Object.keys(negative.falls.float32).map((kind) => [
      `fall of the attribute that a negative prompt names (${negative.pairs} pairs), ${kind}`,
      threeDigits(negative.falls.float32[kind]!),
      threeDigits(negative.falls.int8[kind]!),
    ]),
    ["the same, as a share of float32's", "100%", interval(negative.share, percent)],
    ...Object.entries(negative.byKind).map(([kind, share]) => [kind, "100%", interval(share, percent)]),
    [
      "change by unrelated negative prompts, as a share of float32's",
      "100%",
      interval(negative.unrelated, percent),
    ],
  ];
  return table(["SUN, 4 steps", "float32", "int8"], rows);
}

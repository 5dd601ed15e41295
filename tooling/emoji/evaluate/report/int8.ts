// The comparison of 8 bits with float32, as Markdown.
import type { Int8Comparison } from "../claims/int8.js";
import type { Estimate } from "../statistics/bootstrap.js";

const percent = (value: number) => `${(100 * value).toFixed(1)}%`;
const interval = ({ value, ci: [low, high] }: Estimate) =>
  `${percent(value)} (${percent(low)} to ${percent(high)})`;

export function int8Table({
  decibels,
  fd,
  negative,
}: Pick<Int8Comparison, "decibels" | "fd" | "negative">): string {
  const quantile = (share: number) => decibels[Math.floor(share * (decibels.length - 1))]!.toFixed(1);
  const rows = [
    [
      `PSNR to float32, dB: median, tenth percentile, lowest (${decibels.length} images)`,
      "",
      `${quantile(0.5)}, ${quantile(0.1)}, ${quantile(0)}`,
    ],
    ["Fréchet distance to 25 guided steps", fd.float32.toFixed(3), fd.int8.toFixed(3)],
    ...Object.keys(negative.falls.float32).map((kind) => [
      `fall of the attribute that a negative prompt names (${negative.pairs} pairs), ${kind}`,
      negative.falls.float32[kind]!.toFixed(3),
      negative.falls.int8[kind]!.toFixed(3),
    ]),
    ["the same, as a share of float32's", "100%", interval(negative.share)],
    ...Object.entries(negative.byKind).map(([kind, share]) => [kind, "100%", interval(share)]),
    ["change by unrelated negative prompts, as a share of float32's", "100%", interval(negative.unrelated)],
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(["SUN, 4 steps", "float32", "int8"]), line(["---", "---", "---"]), ...rows.map(line)].join(
    "\n",
  );
}

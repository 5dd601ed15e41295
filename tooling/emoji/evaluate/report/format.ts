// Numbers and tables in Markdown.
import type { Estimate } from "../statistics/bootstrap.js";

export const number = (value: number) => value.toFixed(1);
export const distance = (value: number) => value.toFixed(2);
export const threeDigits = (value: number) => value.toFixed(3);
export const percent = (value: number) => `${(100 * value).toFixed(1)}%`;
export const interval = ({ value, ci }: Estimate, format: (value: number) => string) =>
  `${format(value)} (${format(ci[0])} to ${format(ci[1])})`;

/** Returns a table with its head, its columns as wide as the formatter makes them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((cells) => cells[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

import type { Measurement } from "./measure.js";

/** Results of one suite: times with their spread, and single figures. */
export type SuiteResult = Readonly<Record<string, Measurement | number>>;

/** Three significant digits or more: ratios are small, times are large. */
const figure = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** Rows of a Markdown table, one per figure. */
export function markdown(suites: Readonly<Record<string, SuiteResult>>): string {
  const rows = Object.entries(suites).flatMap(([suite, result]) =>
    Object.entries(result).map(([name, value]) =>
      typeof value === "number"
        ? `| ${suite}.${name} | ${figure(value)} | | |`
        : `| ${suite}.${name} | ${figure(value.medianMs)} | ${figure(value.minMs)} to ${figure(value.maxMs)} | ${value.runs} |`,
    ),
  );
  return ["| figure (ms, MB or ratio) | median or value | range | runs |", "|---|---|---|---|", ...rows].join(
    "\n",
  );
}

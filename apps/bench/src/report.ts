import type { Measurement } from "./measure.js";

/** Results of one suite: times with their spread, and single figures. */
export type SuiteResult = Readonly<Record<string, Measurement | number>>;

const milliseconds = (value: number) => (value < 100 ? value.toFixed(1) : Math.round(value).toString());

/** Rows of a Markdown table, one per figure. */
export function markdown(suites: Readonly<Record<string, SuiteResult>>): string {
  const rows = Object.entries(suites).flatMap(([suite, result]) =>
    Object.entries(result).map(([name, value]) =>
      typeof value === "number"
        ? `| ${suite}.${name} | ${milliseconds(value)} | | |`
        : `| ${suite}.${name} | ${milliseconds(value.medianMs)} | ${milliseconds(value.minMs)} to ${milliseconds(value.maxMs)} | ${value.runs} |`,
    ),
  );
  return ["| figure (ms, MB or ratio) | median or value | range | runs |", "|---|---|---|---|", ...rows].join(
    "\n",
  );
}

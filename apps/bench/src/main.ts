// `pnpm bench [--only emoji|sd15|nag|sdxl|training] [--runs N] [--json] [--keep FOLDER]`: measures and prints a Markdown table;
// with --json the last line is one JSON object.
import { parseArgs } from "node:util";
import { measureEmoji } from "./emoji.js";
import { describeMachine } from "./machine.js";
import { markdown, type SuiteResult } from "./report.js";
import { measureNag, measureSd15 } from "./sd15.js";
import { measureSdxl } from "./sdxl.js";
import { measureTraining } from "./training.js";

const { values } = parseArgs({
  // pnpm passes a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    only: { type: "string" },
    runs: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
    keep: { type: "string" },
  },
});
const runs = Number(values.runs);
const kept = values.keep === undefined ? {} : { folder: values.keep };
const suites: Record<string, () => Promise<SuiteResult>> = {
  emoji: () => measureEmoji(runs),
  sd15: () => measureSd15({ runs, ...kept }),
  nag: () => measureNag({ runs, ...kept }),
  sdxl: () => measureSdxl({ runs, ...kept }),
  training: () => measureTraining({ runs, ...kept }),
};
/** Suites that run only by name: that of Stable Diffusion XL takes 16 GB of disk, all take minutes. */
const onRequest = ["nag", "sdxl", "training"];
if (!Number.isInteger(runs) || runs < 1 || (values.only !== undefined && !suites[values.only])) {
  console.error(
    "usage: pnpm bench [--only emoji|sd15|nag|sdxl|training] [--runs N] [--json] [--keep FOLDER]",
  );
  process.exit(2);
}

const results: Record<string, SuiteResult> = {};
for (const [name, measure] of Object.entries(suites)) {
  if (values.only === undefined ? !onRequest.includes(name) : values.only === name)
    results[name] = await measure();
}
console.log(`\n${describeMachine()}; medians of ${runs} interleaved runs\n\n${markdown(results)}`);
if (values.json) console.log(JSON.stringify(results));

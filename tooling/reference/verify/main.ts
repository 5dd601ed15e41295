// `pnpm verify-reference DIR [--only NAME …] [--device DEVICE]`: runs every case of DIR/cases.json through the packages'
// public functions, on a device of runtime-node, prints a row per group and ends with "N passed, N failed".
// A NAME is a kind, or a part of a group between slashes: `--only lora --only sdxl`, or `--only lora,sdxl`.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createNodeRuntime, type NodeDevice } from "@sunstep/runtime-node";
import { type CaseResult, runCases } from "./run-cases.js";
import { closeSessions, useRuntime } from "./session.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", multiple: true, default: [] },
    device: { type: "string", default: "cpu" },
    verbose: { type: "boolean", default: false },
  },
});
const [directory] = positionals;
if (!directory) {
  console.error("usage: pnpm verify-reference DIR [--only NAME …] [--device DEVICE] [--verbose]");
  process.exit(2);
}

useRuntime(createNodeRuntime({ device: values.device as NodeDevice }));

const groups = new Map<string, CaseResult[]>();
const only = values.only.flatMap((names) => names.split(","));
for await (const result of runCases(resolve(directory), only)) {
  groups.set(result.group, [...(groups.get(result.group) ?? []), result]);
  if (result.outcome === "failed" || values.verbose)
    console.log(`${result.outcome.padEnd(8)}${result.id}${result.reason ? `: ${result.reason}` : ""}`);
}
await closeSessions();

const count = (results: readonly CaseResult[], outcome: CaseResult["outcome"]) =>
  results.filter((result) => result.outcome === outcome).length;
const summary = (results: readonly CaseResult[]) =>
  `${count(results, "passed")} passed, ${count(results, "failed")} failed`;

console.log();
for (const [group, results] of groups) console.log(`${group.padEnd(44)}${summary(results)}`);
const all = [...groups.values()].flat();
console.log(`\n${summary(all)}`);
process.exitCode = count(all, "failed") > 0 || count(all, "passed") === 0 ? 1 : 0;

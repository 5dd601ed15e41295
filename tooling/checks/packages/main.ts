// `pnpm check:packages`: packs every publishable package, checks the tarballs with publint and attw, installs them with npm
// into an empty folder, and there runs the READMEs' examples, builds and runs the consumers (bundlers, frameworks, types, npx)
// and runs the programs of examples/. Needs built packages. `--only NAME,…` limits it to some packages, consumers (or "types"
// and "npx") and examples.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { consumers } from "./consumers.js";
import { lintPackage } from "./lint-package.js";
import { packAll, packOnnxruntime } from "./pack-all.js";
import { tryConsumer } from "./try-consumer.js";
import { examples, tryExample } from "./try-examples.js";
import { tryNpx } from "./try-npx.js";
import { installAll, requirePackage, runExample } from "./try-packages.js";
import { tryTypes } from "./try-types.js";

interface Trial {
  readonly name: string;
  readonly try: () => Promise<string | undefined>;
}

const { values } = parseArgs({ options: { only: { type: "string" } } });
const only = values.only?.split(",");
const chosen = ({ name }: { readonly name: string }) => only === undefined || only.includes(name);

const folder = mkdtempSync(join(tmpdir(), "sunstep-packages-"));
let failures = 0;
const report = (name: string, problem: string) => {
  failures++;
  console.error(`${name}: ${problem}`);
};

/** Runs trials two at a time: most of one is loading. */
async function run(trials: readonly Trial[]): Promise<void> {
  const waiting = trials.values();
  const work = async () => {
    for (const { name, try: attempt } of waiting) {
      const problem = await attempt();
      if (problem !== undefined) report(name, problem);
    }
  };
  await Promise.all([work(), work()]);
}

try {
  const packages = await packAll(folder);
  const packed = packages.filter(chosen);
  for (const each of packed) {
    for (const problem of await lintPackage(each)) report(each.name, problem);
  }
  await installAll(folder, packages, await packOnnxruntime(folder));
  const used: Trial[] = [
    ...consumers.map((consumer) => ({ name: consumer.name, try: () => tryConsumer(folder, consumer) })),
    { name: "types", try: () => tryTypes(folder, packages) },
    { name: "npx", try: () => tryNpx(folder) },
  ].filter(chosen);
  const programs = examples().map((name) => ({ name, try: () => tryExample(folder, name) }));
  await run([
    ...packed.map((each) => ({ name: each.name, try: () => requirePackage(folder, each) })),
    ...packed.map((each) => ({ name: each.name, try: () => runExample(folder, each) })),
    ...used,
    ...programs.filter(chosen),
  ]);
  console.log(
    `${packed.length} packages packed, checked, installed and tried, ${used.length} consumers and ` +
      `${programs.filter(chosen).length} examples; ${failures} findings`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;

// `pnpm check:packages`: packs every publishable package, checks the tarballs with publint and attw, installs them with npm
// into an empty folder, and runs the READMEs' examples (sunstep's browser example in Chromium), a program bundled by webpack,
// and the programs of examples/ there. Needs built packages. `--only NAME,…` limits it to some packages and examples.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { lintPackage } from "./lint-package.js";
import { packAll, packOnnxruntime } from "./pack-all.js";
import { tryBrowserApp } from "./try-browser-app.js";
import { examples, tryExample } from "./try-examples.js";
import { installAll, requirePackage, runExample } from "./try-packages.js";
import { tryWebpack } from "./try-webpack.js";

const { values } = parseArgs({ options: { only: { type: "string" } } });
const only = values.only?.split(",");
const chosen = ({ name }: { readonly name: string }) => only === undefined || only.includes(name);

const folder = mkdtempSync(join(tmpdir(), "sunstep-packages-"));
let failures = 0;
const report = (name: string, problem: string) => {
  failures++;
  console.error(`${name}: ${problem}`);
};

try {
  const packages = await packAll(folder);
  for (const packed of packages.filter(chosen)) {
    for (const problem of await lintPackage(packed)) report(packed.name, problem);
  }
  await installAll(folder, packages, await packOnnxruntime(folder));
  // Two at a time: most of an example is loading.
  const waiting = packages.filter(chosen).values();
  const tryExamples = async () => {
    for (const packed of waiting) {
      for (const attempt of [requirePackage, runExample]) {
        const problem = await attempt(folder, packed);
        if (problem !== undefined) report(packed.name, problem);
      }
    }
  };
  await Promise.all([tryExamples(), tryExamples()]);
  if (chosen({ name: "sunstep" })) {
    const problem = await tryBrowserApp(folder);
    if (problem !== undefined) report("sunstep, in a browser", problem);
  }
  if (chosen({ name: "@sunstep/runtime-node" })) {
    const problem = await tryWebpack(folder);
    if (problem !== undefined) report("@sunstep/runtime-node, bundled by webpack", problem);
  }
  const tried = examples().filter((name) => chosen({ name }));
  for (const name of tried) {
    const problem = await tryExample(folder, name);
    if (problem !== undefined) report(`examples/${name}`, problem);
  }
  console.log(
    `${packages.filter(chosen).length} packages packed, checked, installed and tried, and ${tried.length} examples; ${failures} findings`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;

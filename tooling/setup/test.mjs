// `npm test`: sets the workspace up, builds it, then runs every check and every test.
import { join } from "node:path";
import { ensureChromium } from "../testing/browser/ensure-chromium.mjs";
import { ensureRedis } from "./ensure-redis.mjs";
import { build, install, root, run, runBeside } from "./workspace.mjs";

ensureChromium();
ensureRedis();
await install();
await build();
const bin = (name) => join(root, "node_modules/.bin", name);
await runBeside(
  [
    ["Type check", bin("tsc"), ["-p", "tsconfig.json", "--noEmit"]],
    ["Lint and format", bin("biome"), ["check", "."]],
    [
      "Import direction",
      bin("depcruise"),
      ["--config", ".dependency-cruiser.mjs", "packages", "apps", "tooling"],
    ],
    ["Unused code", bin("knip"), []],
    ["Language", bin("tsx"), ["tooling/checks/language/main.ts"]],
  ],
  // Takes as long as the others together.
  [["Packages", bin("tsx"), ["tooling/checks/packages/main.ts"]]],
);
const tests = [
  ["Tests", ["run"]],
  ["Tests in a browser", ["run", "--config", "vitest.browser.config.ts"]],
];
for (const [title, args] of tests) {
  console.log(`\n== ${title}`);
  run(bin("vitest"), args);
}

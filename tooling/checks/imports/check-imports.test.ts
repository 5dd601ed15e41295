// A rule that never fires looks like a rule that always holds: each kind of wrong import occurs here once.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Lists the violations in `files`, laid out as this workspace, as "rule: file", sorted. */
function violations(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "sunstep-imports-"));
  try {
    const tsconfig = { compilerOptions: { paths: { "@sunstep/*": ["./packages/*/src/index.ts"] } } };
    const all = { "package.json": '{"type":"module"}', "tsconfig.json": JSON.stringify(tsconfig), ...files };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { stdout, stderr } = spawnSync(
      join(root, "node_modules/.bin/depcruise"),
      ["--config", join(root, ".dependency-cruiser.mjs"), "--output-type", "json", "packages", "apps"],
      { cwd: folder, encoding: "utf8" },
    );
    if (!stdout) throw new Error(stderr);
    const { summary } = JSON.parse(stdout) as {
      summary: { violations: { rule: { name: string }; from: string }[] };
    };
    return summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`).sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const nothing = "export const nothing = 0;";

it("catches every kind of wrong import", () => {
  const wrong = {
    "packages/tensor/src/index.ts": 'export * from "@sunstep/pipeline";',
    "packages/pipeline/src/index.ts": 'export type { Device } from "@sunstep/runtime-node";',
    "packages/runtime-node/src/index.ts": "export type Device = string;",
    "packages/unheard-of/src/index.ts": 'export * from "@sunstep/emoji-model";',
    "packages/emoji-model/src/index.ts": nothing,
    "packages/scheduler/src/index.ts": 'export * from "./sigmas.js";',
    "packages/scheduler/src/sigmas.ts": 'export type * from "./index.js";',
    "packages/lora/src/index.ts": 'export * from "../../../apps/cli/src/main.js";',
    "apps/cli/src/main.ts": nothing,
    "packages/networks/src/index.ts": 'export * from "../../onnx-graph/src/deep/inside.js";',
    "packages/onnx-graph/src/deep/inside.ts": nothing,
    "packages/image/src/index.ts": 'export * from "../dist/index.js";',
    "packages/image/dist/index.js": nothing,
    "packages/sunstep/src/index.ts": 'import "onnxruntime-node";',
    "node_modules/onnxruntime-node/package.json": '{"main":"index.js"}',
    "node_modules/onnxruntime-node/index.js": "",
    "packages/checkpoint/src/index.ts": 'export * from "./deep.js";',
    "packages/checkpoint/src/deep.ts": 'export { readFileSync } from "node:fs";',
    "packages/errors/src/index.ts": 'import "a-package-that-is-not-there";',
  };
  expect(violations(wrong)).toEqual([
    "apps-are-leaves: packages/lora/src/index.ts",
    "browsers-have-no-node: packages/checkpoint/src/index.ts",
    "declared-dependencies: packages/errors/src/index.ts",
    "declared-dependencies: packages/sunstep/src/index.ts",
    "direction-lora: packages/lora/src/index.ts",
    "direction-pipeline: packages/pipeline/src/index.ts",
    "direction-tensor: packages/tensor/src/index.ts",
    "no-build-output: packages/image/src/index.ts",
    "no-cycles: packages/scheduler/src/index.ts",
    "onnxruntime-in-backends: packages/sunstep/src/index.ts",
    "package-without-a-row: packages/unheard-of/src/index.ts",
    "public-entries-only: packages/networks/src/index.ts",
  ]);
});

it("accepts correct imports", () => {
  const right = {
    "packages/pipeline/src/index.ts":
      'export * from "@sunstep/tensor"; export { failed } from "@sunstep/errors";',
    "packages/tensor/src/index.ts": 'export * from "./other.js";',
    "packages/tensor/src/other.ts": nothing,
    "packages/errors/src/index.ts": "export const failed = true;",
    "packages/checkpoint/src/index.ts": nothing,
    "packages/checkpoint/src/node.ts": 'export { readFileSync } from "node:fs";',
    "apps/cli/src/main.ts": 'export * from "@sunstep/pipeline";',
  };
  expect(violations(right)).toEqual([]);
});

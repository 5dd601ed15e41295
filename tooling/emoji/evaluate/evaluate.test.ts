// The whole evaluation on a few prompts and a tiny network of random weights. Checks its output, not its findings.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fixture } from "@sunstep/testing";
import { afterAll, expect, it } from "vitest";
import type { Summary } from "./report/results.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "sunstep-evaluate-"));
afterAll(() => rm(folder, { recursive: true }));

async function run(...options: readonly string[]) {
  const tiny = [
    "--model",
    fixture("tiny-sd15"),
    "--prompts",
    "4",
    "--workers",
    "1",
    "--cache",
    join(folder, "cache"),
    // The default adapters belong to another model.
    "--lora",
    join(folder, "none.safetensors"),
    "--adapter-lcm",
    join(folder, "none.safetensors"),
  ];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      join(root, "node_modules/tsx/dist/cli.mjs"),
      "tooling/emoji/evaluate/main.ts",
      "--json",
      ...tiny,
      ...options,
    ],
    { cwd: root },
  );
  return { summary: JSON.parse(stdout.trim().split("\n").at(-1)!) as Summary, stdout, stderr };
}

it("prints one line of JSON last, omits missing measurements, and makes no image twice", {
  timeout: 300_000,
}, async () => {
  const file = fixture("sun/tiny-sd15_addpos.safetensors");
  const adapters = ["--adapter", "--adapter-with-msc", "--adapter-without-msc"].flatMap((option) => [
    option,
    file,
  ]);
  const first = await run(...adapters, "--out", join(folder, "sheets"));
  const { summary } = first;
  expect(Object.keys(summary)).toEqual(["prompts", "fewSteps", "speed", "plugIn", "msc", "fd"]);
  expect(summary.prompts).toBe(4);
  expect(summary.fewSteps!.ci).toHaveLength(2);
  expect(Object.keys(summary.msc.with)).toEqual(["1", "2", "4", "8"]);
  // The same adapter under two names: the same images.
  expect(summary.msc.without).toEqual(summary.msc.with);
  expect(first.stdout).toContain("Left out: LCM-style adapter");
  expect(first.stdout).toContain("Left out: fine-tunes");
  expect(await readdir(join(folder, "sheets"))).toEqual(["base.png"]);
  expect(first.stderr).toContain("base, 25 guided: 4 of 4 images");

  const again = await run(...adapters, "--no-speed");
  expect(again.stderr).not.toContain("images");
  expect(again.summary).toEqual({ ...summary, speed: undefined });
});

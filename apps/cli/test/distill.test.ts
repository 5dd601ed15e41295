import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSafetensors } from "@sunstep/checkpoint";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { runCommand } from "./run-command.js";
import { runInProcess } from "./run-in-process.js";
import { temporaryFolder } from "./temporary-folder.js";

const captions = ["a red apple", "a blue car", "a green tree"];

/** Creates a working folder with training data for latents of 8x8 in `data`. */
function workFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "data"));
  const data = Float32Array.from({ length: captions.length * 256 }, (_, i) => Math.sin(i * i));
  const latents = { dtype: "float32", shape: [captions.length, 4, 8, 8], data } as const;
  writeFileSync(join(folder, "data/latents.safetensors"), writeSafetensors({ latents }));
  const lines = captions.map((caption) => `${JSON.stringify({ captions: [caption] })}\n`);
  writeFileSync(join(folder, "data/captions.jsonl"), lines.join(""));
  writeFileSync(join(folder, "prompts.txt"), captions.join("\n"));
  writeFileSync(join(folder, "recipe.json"), '{"batch": 2, "variant": "plain", "trajectories": 0.5}');
  return folder;
}

const model = ["--model", fixture("tiny-sd15")];

/** Returns the printed loss of each step. */
function losses(stdout: string): [step: number, loss: number][] {
  const lines = stdout.split("\n").filter((line) => line.endsWith("}"));
  const events = lines.map((line) => JSON.parse(line) as { type: string; step: number; loss: number });
  return events.filter(({ type }) => type === "step").map(({ step, loss }) => [step, loss]);
}

it("resumes a killed and an interrupted run with the losses of an uninterrupted one", async () => {
  const cwd = workFolder();
  const args = ["distill", ...model, "--data", "data", "--config", "recipe.json", "--steps", "9", "--json"];
  const whole = await runCommand([...args, "--out", "whole.safetensors"], { cwd });
  expect(whole.stderr).not.toMatch(/error/);
  expect(whole.code).toBe(0);
  expect(losses(whole.stdout)).toHaveLength(9);

  const parts = [...args, "--out", "adapter.safetensors", "--checkpoint-every", "0.001s"];
  const killed = await runCommand(parts, { cwd, interruptAt: '"step":4', signal: "SIGKILL" });
  expect(killed.code).toBeNull();
  expect(existsSync(join(cwd, "adapter.safetensors"))).toBe(false);
  const usable = join(cwd, "adapter.safetensors.checkpoints/adapter.safetensors");
  expect((await runInProcess(["inspect", usable])).stdout).toContain("SUN adapter");

  const interrupted = await runCommand([...parts, "--resume"], { cwd, interruptAt: '"step":6,' });
  expect(interrupted.code).toBe(130);
  expect(interrupted.stderr).toMatch(
    /stopped after step \d; the last checkpoint is step-0000000\d\.safetensors/,
  );
  const finished = await runCommand([...parts, "--resume"], { cwd });
  expect(finished).toMatchObject({ code: 0, stdout: expect.stringContaining('{"type":"done"') });

  const joined = new Map([killed, interrupted, finished].flatMap(({ stdout }) => losses(stdout)));
  expect([...joined]).toEqual(losses(whole.stdout));
  const written = (name: string) => readFileSync(join(cwd, name));
  expect(written("adapter.safetensors").equals(written("whole.safetensors"))).toBe(true);
  // The model is named, not where it lies.
  expect(String(written("whole.safetensors"))).toContain('"model":"tiny-sd15"');
  expect(readdirSync(join(cwd, "adapter.safetensors.checkpoints")).sort()).toEqual([
    "adapter.safetensors",
    "step-00000008.safetensors",
    "step-00000009.safetensors",
  ]);
}, 180_000);

it("trains without data for a given time", async () => {
  const cwd = workFolder();
  const args = ["--data-free", "--prompts", "prompts.txt", "--config", "recipe.json", "--time", "0.01s"];
  const { code, stdout, stderr } = await runCommand(
    ["distill", ...model, ...args, "--out", "new/adapter.safetensors"],
    { cwd },
  );
  expect(stderr).toMatch(/step 1\/1, loss \d\.\d{4} msc 0\.\d{4} cfg 0\.\d{4}, .* images\/s/);
  expect(stdout).toMatch(/^new\/adapter\.safetensors {2}1 steps, \d+ kB\n$/);
  expect(code).toBe(0);
});

it.each<[args: string[], code: number, message: RegExp]>([
  [["x"], 2, /^error USAGE: "x": distill accepts options only/m],
  [["--data", "d"], 2, /^error USAGE: --out is missing/m],
  [["--data", "d", "--out", "a.bin"], 2, /^error USAGE: --out a\.bin/m],
  [["--out", "a.safetensors"], 2, /^error USAGE: --data is missing/m],
  [["--out", "a.safetensors", "--data-free"], 2, /^error USAGE: --data-free takes its prompts/m],
  [["--out", "a.safetensors", "--data", "d", "--prompts", "p"], 2, /^error USAGE: --prompts goes with/m],
  [["--out", "a.safetensors", "--data", "d", "--size", "64"], 2, /^error USAGE: --size goes with/m],
  [
    ["--out", "a.safetensors", "--data", "d", "--time", "5m", "--steps", "5"],
    2,
    /^error USAGE: --steps and --time/m,
  ],
  [
    ["--out", "a.safetensors", "--data", "d", "--time", "5"],
    2,
    /^error USAGE: --time "5": it must be a time/m,
  ],
  [
    ["--out", "a.safetensors", "--data", "d", "--memory", "16"],
    2,
    /^error USAGE: --memory "16": it must be a size/m,
  ],
  [
    ["--out", "a.safetensors", "--data", "d", "--memory", "8GB", "--previews", "p"],
    2,
    /^error USAGE: --memory and --previews/m,
  ],
  [
    ["--out", "a.safetensors", "--data", "d", "--config", "none.json"],
    2,
    /^error USAGE: --config none\.json/m,
  ],
  [["--out", "a.safetensors", "--data", "d", "--model", "no/such/folder"], 1, /^error MODEL_NOT_FOUND/m],
  [["--out", "a.safetensors", "--data", "no-data", ...model], 1, /^error TRAINING_DATA_MISSING: no-data/m],
])("exits from distill %j with code %i", async (args, code, message) => {
  const outcome = await runInProcess(["distill", ...args]);
  expect(outcome.stderr).toMatch(message);
  expect(outcome).toMatchObject({ code, stdout: "" });
});

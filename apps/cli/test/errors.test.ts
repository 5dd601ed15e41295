import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { runInProcess } from "./run-in-process.js";

it.each<[args: string[], code: number, message: RegExp]>([
  [["an apple", "--steps", "0"], 1, /^error PIPELINE_OPTION: steps 0/m],
  [["an apple", "--scheduler", "none"], 1, /^error SCHEDULER_NAME: /m],
  [["an apple", "--device", "abacus"], 1, /^error DEVICE_UNAVAILABLE: .*abacus/m],
  [["an apple", "--model", "no/such/folder"], 1, /^error MODEL_NOT_FOUND: .*no\/such\/folder/m],
  [["an apple", "--model", "nobody/nothing", "--offline"], 1, /^error MODEL_NOT_CACHED: /m],
  [
    ["an apple", "--model", fixture("hostile/truncated_header.safetensors")],
    1,
    /^error CHECKPOINT_\w+: .*truncated_header/m,
  ],
  [["an apple", "--sun", fixture("sun/tiny-sd15_plain.safetensors")], 1, /^error SUN_\w+: /m],
  [["an apple", "--lora", fixture("sun/tiny-sd15_plain.safetensors")], 1, /^error LORA_\w+: /m],
  [["an apple", "--image", "none.png"], 1, /^error IMAGE_FILE_MISSING: \w+ none\.png/m],
  [
    ["an apple", "--image", fixture("hostile/png_huge_dims.png")],
    1,
    /^error IMAGE_\w+: .*png_huge_dims\.png/m,
  ],
  [["an apple", "--out", "apple.jpg"], 2, /^error USAGE: out "apple\.jpg"/m],
  [["an apple", "--count", "0"], 2, /^error USAGE: count 0/m],
  [["an apple", "--prompts", "none.jsonl"], 2, /^error USAGE: --prompts and the prompt/m],
])("exits from %j with code %i and one line of error", async (args, code, message) => {
  const outcome = await runInProcess(args);
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr.split("\n").filter((line) => line.startsWith("error "))).toHaveLength(1);
  expect(outcome).toMatchObject({ code, stdout: "" });
});

it("prints errors as JSON with --json, and their stack with --verbose", async () => {
  const { stdout, stderr } = await runInProcess(["inspect", "none.png", "--json", "--verbose"]);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: "FILE_MISSING", message: expect.stringContaining("none.png") },
  });
  expect(stderr).toMatch(/^ {4}at /m);
});

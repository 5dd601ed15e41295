import { createConsole } from "@sunstep/command-line";
import { expect, it } from "vitest";
import { showDownload, showRun } from "../src/report/show-progress.js";

function recorded(isTTY: boolean) {
  const written = { out: "", err: "" };
  const stream = (name: keyof typeof written) => ({
    isTTY,
    columns: 60,
    write: (text: string) => {
      written[name] += text;
    },
  });
  return { written, console: createConsole(stream("out"), stream("err")) };
}

function example(isTTY: boolean) {
  const { written, console } = recorded(isTTY);
  const download = showDownload(console);
  download({ status: "waiting", name: "sd15", file: "unet", pid: 7, host: "other" });
  for (const loaded of [0, 50, 51, 120]) {
    download({ status: "progress", name: "sd15", file: "unet", loaded: loaded * 1e6, total: 120e6 });
  }
  const run = showRun(console, "image 1/2: ");
  run({ type: "prepare", network: "unet", done: 1, total: 4 });
  run({ type: "stage", stage: "denoise" });
  run({ type: "stage", stage: "load", network: "unet" });
  run({ type: "stage", stage: "denoise" });
  run({ type: "step", step: 3, steps: 4, timestep: 1, latents: new Float32Array() });
  console.result("apple.png");
  return written;
}

it("writes plain lines without a terminal", () => {
  expect(example(false)).toEqual({
    out: "apple.png\n",
    err: [
      "waiting for process 7 on other, which downloads unet",
      "downloading unet, 120 MB: 0 %",
      "downloading unet, 120 MB: 40 %",
      "downloading unet, 120 MB: 100 %",
      "preparing unet, once: 1/4",
      "image 1/2: painting",
      "image 1/2: loading unet",
      "image 1/2: step 3/4",
      "",
    ].join("\n"),
  });
});

it("redraws one bar in place on a terminal, and removes it before results", () => {
  const { out, err } = example(true);
  const start = "\r\u001b[K";
  expect(out).toBe("apple.png\n");
  const frames = err.split(start).slice(1);
  expect(frames).toContain(`${"█".repeat(18)}${"░".repeat(6)} image 1/2: step 3/4`);
  expect(frames.every((frame) => frame.length < 60 && !frame.includes("\n"))).toBe(true);
  expect(frames.at(-1)).toBe("");
});

it("replaces control characters that would steer the terminal", () => {
  const { written, console } = recorded(false);
  console.result("a\u001b]0;title\u0007\tb\nc");
  console.note("\u009b2Jgone\r");
  console.progress("downloading \u001b[31mred");
  expect(written).toEqual({
    out: "a\uFFFD]0;title\uFFFD\tb\nc\n",
    err: "\uFFFD2Jgone\uFFFD\ndownloading \uFFFD[31mred\n",
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage, parseParameters } from "@sunstep/image";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { checkControls, parseControl } from "../src/options/control-option.js";
import { runInProcess } from "./run-in-process.js";
import { temporaryFolder } from "./temporary-folder.js";

describe("--control", () => {
  it.each([
    ["canny.safetensors=edges.png", { controlnet: "canny.safetensors", image: "edges.png" }],
    ["canny.safetensors=edges.png:0.8", { controlnet: "canny.safetensors", image: "edges.png", scale: 0.8 }],
    [
      "owner/canny=C:\\edges.png:0.8:0:.5",
      { controlnet: "owner/canny", image: "C:\\edges.png", scale: 0.8, start: 0, end: 0.5 },
    ],
    ["https://host/a?b=c=edges.png:1", { controlnet: "https://host/a?b=c", image: "edges.png", scale: 1 }],
  ])("reads %s", (text, parsed) => {
    expect(parseControl(text)).toEqual(parsed);
  });

  it.each(["canny.safetensors", "=edges.png", "canny.safetensors="])("rejects %s", (text) => {
    expect(() => checkControls({ control: [text] })).toThrow(/FILE=IMAGE/);
  });

  it("is what --guess-mode needs", () => {
    expect(() => checkControls({ "guess-mode": true })).toThrow(/control/);
  });

  it("makes an image that follows another, and writes the ControlNet into it", async () => {
    const cwd = temporaryFolder();
    const control = `${fixture("tiny-controlnet")}=${fixture("pipelines/inputs/control_square.png")}:0.7`;
    const args = [
      "a cat",
      "--model",
      fixture("tiny-sd15"),
      "--control",
      control,
      "--guess-mode",
      "--steps",
      "1",
    ];
    const out = join(cwd, "cat.png");
    const { code } = await runInProcess(["generate", ...args, "--out", out]);
    expect(code).toBe(0);
    const { text } = decodeImage(readFileSync(out));
    const controlText = parseParameters(text.get("parameters")!).settings.get("ControlNet 0");
    expect(controlText).toMatch(/Model: .*tiny-controlnet, Weight: 0\.7.*ControlNet is more important/);
  });
});

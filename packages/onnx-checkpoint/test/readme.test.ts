import { fileURLToPath } from "node:url";
import type { WeightRef } from "@sunstep/checkpoint";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it, onTestFinished } from "vitest";
import { exportFolder, removeFolder } from "./exported-folder.js";

it("runs the README's example, which opens a folder of graphs", async () => {
  const folder = await exportFolder();
  onTestFinished(() => removeFolder(folder));
  const { weight } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)), {
    replace: { "./sd15-onnx": folder },
  });
  expect((weight as WeightRef).shape).toEqual([16, 4, 3, 3]);
});

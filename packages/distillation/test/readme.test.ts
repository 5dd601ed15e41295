import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fixture, runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";
import { tinyFiles } from "./tiny-data.js";

it("runs the README's example", async () => {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(tinyFiles())) writeFileSync(join(folder, name), content);
  const { history } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)), {
    replace: {
      "./my-model": fixture("tiny-sd15"),
      "./my-data": folder,
      "./my-run": join(folder, "run"),
      "./adapter.safetensors": join(folder, "adapter.safetensors"),
      "steps: 2000, batch: 8": "steps: 2, batch: 1",
    },
  });
  expect(history).toHaveLength(2);
  expect(readdirSync(folder)).toContain("adapter.safetensors");
  expect(readdirSync(join(folder, "run"))).toEqual(["adapter.safetensors", "step-00000002.safetensors"]);
}, 180_000);

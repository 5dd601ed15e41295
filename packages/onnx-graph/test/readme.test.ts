import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";
import { type Model, readOnnx } from "../src/index.js";

it("runs the README's example, which builds, rewrites and writes a model", async () => {
  const { bytes, fused } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect((fused as Model).graph.nodes.map((node) => node.op)).toContain("QuickGelu");
  expect(await readOnnx(bytes as Uint8Array)).toEqual(fused);
});

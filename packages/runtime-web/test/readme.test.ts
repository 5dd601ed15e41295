import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("evaluates the README's example in Node, up to the detection of devices", async () => {
  const { double } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect(double).toBeInstanceOf(Function);
});

import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example as far as Node can: up to the question for devices", async () => {
  const { double } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect(double).toBeInstanceOf(Function);
});

import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const readme = fileURLToPath(new URL("../README.md", import.meta.url));
  expect(await runReadmeExample(readme)).toMatchObject({
    images: [{ width: 128, height: 128 }],
    evaluations: 4,
  });
});

import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, test } from "vitest";

test("the README's example runs", async () => {
  const { images, request } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect(images).toMatchObject([{ width: 128, height: 128, channels: 3 }]);
  expect(request).toMatchObject({ steps: 8, seeds: [42] });
});

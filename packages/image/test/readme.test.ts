import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect(example.prompt).toBe("a grey square");
  expect(example.again).toMatchObject({
    width: 8,
    height: 8,
    channels: 3,
    data: new Uint8Array(192).fill(191),
  });
  expect(example.start).toMatchObject({ shape: [1, 3, 8, 8] });
});

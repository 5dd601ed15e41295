import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("the README's example runs", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect({ ...example }).toEqual({
    recognised: true,
    code: "SHOP_CLOSED",
    details: { opens: 8 },
    meaning: "the shop is closed",
  });
});

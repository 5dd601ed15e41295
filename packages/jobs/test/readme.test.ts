import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";

it("runs the README's example", async () => {
  const readme = fileURLToPath(new URL("../README.md", import.meta.url));
  const { made } = await runReadmeExample(readme, {
    replace: { "./jobs": join(await temporaryFolder(), "jobs") },
  });
  expect(made).toEqual({ state: "done", text: "an image of an apple" });
});

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";

it("runs the README's example", async () => {
  const readme = fileURLToPath(new URL("../README.md", import.meta.url));
  const example = await runReadmeExample(readme, { replace: { "./made": join(temporaryFolder(), "made") } });
  expect(example).toMatchObject({ fromDisk: Uint8Array.of(3, 4), fromMemory: Uint8Array.of(8, 9) });
});

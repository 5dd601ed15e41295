import { fileURLToPath } from "node:url";
import { openTestPage } from "@sunstep/browser-testing";
import { runtimeConformance } from "@sunstep/runtime/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

declare global {
  var conformancePage: typeof import("./conformance-page.js").conformancePage;
}

const entry = fileURLToPath(new URL("conformance-page.ts", import.meta.url));

// Here the suite only lists its cases; they run in the page.
const inThePage = () => Promise.reject(new Error("the cases run in the page"));
const { cases } = runtimeConformance("list", { createRuntime: inThePage, store: inThePage });

describe.each(["wasm", "webgpu"] as const)("runtime-web, %s", (device) => {
  let test: Awaited<ReturnType<typeof openTestPage>>;
  beforeAll(async () => {
    test = await openTestPage(entry, { webgpu: device === "webgpu" });
    await test.page.evaluate((device) => globalThis.conformancePage.choose(device), device);
  });
  afterAll(async () => {
    await test.close();
    expect(test.errors).toEqual([]);
  });

  for (const { name } of cases)
    it(name, () => test.page.evaluate((name) => globalThis.conformancePage.run(name), name));
});

import { fileURLToPath } from "node:url";
import { bundlePage, launchChromium, serveFolders } from "@sunstep/browser-testing";
import { runtimeConformance } from "@sunstep/runtime/conformance";
import { afterAll, describe, it } from "vitest";

const bundle = await bundlePage(fileURLToPath(new URL("conformance-page.ts", import.meta.url)));
const server = await serveFolders({ "/": bundle.folder });
afterAll(async () => {
  await server.close();
  bundle.remove();
});

// Here the suite only lists its cases; they run in the page.
const { cases } = runtimeConformance("list", {
  createRuntime: () => Promise.reject(new Error("runs in the page")),
  store: () => Promise.reject(new Error("runs in the page")),
});

for (const device of ["wasm", "webgpu"] as const) {
  describe(`runtime-web, ${device}`, async () => {
    const browser = await launchChromium({ webgpu: device === "webgpu" });
    const page = await browser.newPage();
    page.on("console", (message) => console.log(message.type(), message.text()));
    page.on("pageerror", (error) => console.log(error));
    await page.goto(`${server.url}?device=${device}`);
    afterAll(() => browser.close());
    for (const { name } of cases)
      it(name, () =>
        page.evaluate(
          (name) => (globalThis as never as { runCase(name: string): Promise<void> }).runCase(name),
          name,
        ),
      );
  });
}

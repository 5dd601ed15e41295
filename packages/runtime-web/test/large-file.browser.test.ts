import { readFileSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openTestPage, type TestPage } from "@sunstep/browser-testing";
import { expect, it } from "vitest";

declare global {
  var largeFilePage: typeof import("./large-file-page.js").largeFilePage;
}

const mebibyte = 2 ** 20;
/** 256 MiB of a file of 1.9 GiB. */
const layout = { weights: 32, shape: [2048, 1024], stride: 61 * mebibyte } as const;
const needed = 256 * mebibyte;

/** Bytes of the page's process, by the kernel's books: now, or the most there ever were. */
async function resident(test: TestPage, what: "VmRSS" | "VmHWM"): Promise<number> {
  const session = await test.browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(
      ({ id }) => new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1],
    );
  return Math.max(...sizes.map((size) => 1024 * Number(size ?? 0)));
}

it.skipIf(process.platform !== "linux")(
  "of a file of 2 GB only what is needed is read, and once",
  // The browser reads ahead by an amount that depends on the load of the machine.
  { retry: 3 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "sunstep-large-"));
    const path = join(folder, "large.bin");
    // Holes take no room on the disk.
    const file = await open(path, "w");
    await file.truncate(layout.weights * layout.stride);
    for (let i = 0; i < layout.weights; i++)
      await file.write(new Uint8Array(Float32Array.of(i + 1).buffer), 0, 4, i * layout.stride);
    await file.close();
    const test = await openTestPage(fileURLToPath(new URL("large-file-page.ts", import.meta.url)));
    try {
      await test.page.setInputFiles("input", path);
      const before = await resident(test, "VmRSS");
      const sum = await test.page.evaluate((layout) => globalThis.largeFilePage.sumOfFirsts(layout), layout);
      expect(sum).toBe((layout.weights * (layout.weights + 1)) / 2);
      const most = (await resident(test, "VmHWM")) - before;
      expect(most).toBeGreaterThan(needed);
      // Read-ahead, ONNX Runtime and the worker add some 230 MiB; a second copy of the weights does not fit.
      expect(most).toBeLessThan(2.25 * needed);
    } finally {
      await test.close();
      await rm(folder, { recursive: true });
    }
  },
);

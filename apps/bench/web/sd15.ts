// `pnpm bench:web-sd15 [--threads N] [--keep FOLDER] [--json]`: SD1.5's size at 512x512 in 8 bits, in Chromium on WebAssembly:
// seconds of a step, and the highest memory of the browser's processes together. Takes minutes.
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openTestPage } from "@sunstep/browser-testing";
import { describeMachine } from "../src/machine.js";
import { peakTreeMemoryMb } from "../src/process-tree.js";
import { writeSyntheticCheckpoint } from "../src/synthetic-checkpoint.js";
import type { MeasureSd15 } from "./sd15-page.js";

declare global {
  var sd15: MeasureSd15;
}

const { values } = parseArgs({
  // pnpm passes a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    threads: { type: "string", default: "2" },
    /** Keeps the checkpoint here for the next bench. */
    keep: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

/** The files below a folder, by their relative paths. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );

const place = values.keep ?? (await mkdtemp(join(tmpdir(), "sunstep-bench-web-")));
const [model, taesd] = [join(place, "sd15"), join(place, "taesd")];
if (!existsSync(taesd)) await writeSyntheticCheckpoint(place);
try {
  const { result: times, peakMb } = await peakTreeMemoryMb(process.pid, async () => {
    const { page, errors, close } = await openTestPage(
      fileURLToPath(new URL("sd15-page.ts", import.meta.url)),
      { query: `threads=${values.threads}`, minify: true },
    );
    try {
      const paths = { model: filesIn(model), taesd: filesIn(taesd) };
      await page.setInputFiles("input", [
        ...paths.model.map((path) => join(model, path)),
        ...paths.taesd.map((path) => join(taesd, path)),
      ]);
      return await page.evaluate((given) => globalThis.sd15(given.model, given.taesd), paths);
    } catch (error) {
      throw new Error(`${error}\n${errors.join("\n")}`);
    } finally {
      await close();
    }
  });
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
  console.log(`${describeMachine()}; Chromium, WebAssembly, ${values.threads} threads

| SD1.5's size, 512x512, int8 | |
| --- | --- |
| opening the files | ${seconds(times.openMs)} |
| first step, with loading all networks | ${seconds(times.firstMs)} |
| a further step and TAESD | ${seconds(times.nextMs)} |
| peak memory of all processes, this one included | ${(peakMb / 1000).toFixed(1)} GB |`);
  if (values.json) console.log(JSON.stringify({ ...times, peakMb, threads: Number(values.threads) }));
} finally {
  if (values.keep === undefined) await rm(place, { recursive: true });
}

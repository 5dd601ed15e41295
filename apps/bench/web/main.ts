// `pnpm bench:web [--runs N] [--threads N] [--json]`: the emoji model in Chromium on WebAssembly: four steps and decode,
// the first image from page load on loopback, and the longest task of the main thread. With --json the last line is one
// JSON object. Browsers do not report tasks below 50 ms: 0 means that no task was longer.
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openTestPage } from "@sunstep/browser-testing";
import type { BenchPage } from "./page.js";

declare global {
  var benchPage: BenchPage;
}

const { values } = parseArgs({
  // pnpm passes a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    runs: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const emoji = here("../../../packages/emoji-model/model");

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1]!;

const firsts: { firstImageMs: number; longestTaskMs: number }[] = [];
let images: { times: number[]; longestTaskMs: number } = { times: [], longestTaskMs: 0 };
let browserVersion = "";
for (let run = 0; run < Number(values.runs); run++) {
  // A new browser for each run, with an empty cache.
  const { page, browser, close } = await openTestPage(here("page.ts"), {
    // The model's address in the page's code.
    folders: { "/model/": emoji },
    query: `threads=${values.threads}`,
    minify: true,
  });
  try {
    browserVersion = browser.version();
    firsts.push(await page.evaluate(() => globalThis.benchPage.first()));
    images = await page.evaluate((runs) => globalThis.benchPage.images(runs), Number(values.runs));
  } finally {
    await close();
  }
}

const result = {
  browser: `Chromium ${browserVersion}`,
  threads: Number(values.threads),
  imageMs: median(images.times),
  firstImageMs: median(firsts.map(({ firstImageMs }) => firstImageMs)),
  longestTaskMs: {
    loading: Math.max(...firsts.map(({ longestTaskMs }) => longestTaskMs)),
    generating: images.longestTaskMs,
  },
};
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, ${result.browser}, WebAssembly, ${result.threads} threads

| measure | median of ${values.runs} | goal |
| --- | --- | --- |
| 128x128, four steps with SUN and decode | ${seconds(result.imageMs)} | 0.8 s |
| first image, from page load | ${seconds(result.firstImageMs)} | 4 s |
| longest task of the main thread while generating | ${result.longestTaskMs.generating.toFixed(0)} ms | 50 ms |
| longest task of the main thread while loading | ${result.longestTaskMs.loading.toFixed(0)} ms | |`);
if (values.json) console.log(JSON.stringify(result));

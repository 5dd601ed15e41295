// `pnpm bench:typing [--runs N] [--delay MS] [--json]`: types a prompt into the built demo page in Chromium, in live mode on
// WebAssembly with as many threads as the page takes on this machine, and measures the longest time without a new image on
// the stage, and the time from the last key to the finished image of the whole prompt. Times are those of animation frames.
// With --json the last line is one JSON object.
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleScript, launchChromium, serveFolders } from "@sunstep/browser-testing";
import type { Page } from "playwright-core";
import type { StageRecord } from "./record-stage.js";

const { values } = parseArgs({
  // pnpm passes a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    runs: { type: "string", default: "5" },
    delay: { type: "string", default: "120" },
    json: { type: "boolean", default: false },
  },
});
const delay = Number(values.delay);
const prompt = "a blue car on a yellow background";
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const dist = here("../../demo/dist/");
if (!existsSync(dist)) throw new Error(`${dist} is missing: run "pnpm build" first`);

const server = await serveFolders({ "/": dist });
const browser = await launchChromium();
const page = await browser.newPage();
page.setDefaultTimeout(120_000);
await page.addInitScript({ content: await bundleScript(here("record-stage.ts")) });
await page.goto(`${server.url}#prompt=an+apple&seed=3`);
await page.locator(".status", { hasText: "evaluation" }).waitFor();
await page.getByLabel("Live").check();

// One uncounted round warms up.
const rounds: Round[] = [];
for (let run = 0; run <= Number(values.runs); run++) rounds.push(await typePrompt(page));
const counted = rounds.slice(1);
await browser.close();
await server.close();

interface Round {
  readonly keyMs: number;
  readonly longestWithoutNewMs: number;
  readonly lastImageMs: number;
  readonly shown: number;
  readonly longestTaskMs: number;
}

/** Types the prompt key by key, and waits for its finished image. */
async function typePrompt(page: Page): Promise<Round> {
  const field = page.getByLabel("Prompt", { exact: true });
  await field.fill("");
  await field.focus();
  await page.waitForTimeout(3000);
  await page.evaluate(() => globalThis.stageRecord.restart());
  const begin = performance.now();
  for (const [index, key] of [...prompt].entries()) {
    await new Promise((resolve) => setTimeout(resolve, begin + index * delay - performance.now()));
    await page.keyboard.type(key);
  }
  await page.waitForFunction((text) => globalThis.stageRecord.images.some(({ alt }) => alt === text), prompt);
  return measure(await page.evaluate(() => globalThis.stageRecord.report()));
}

function measure({ keys, shown, images, longestTaskMs }: StageRecord): Round {
  const [first, last] = [keys[0]!, keys.at(-1)!];
  const finished = images.find(({ alt }) => alt === prompt)!.time;
  const times = [first, ...shown.filter((time) => time > first && time <= finished)];
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  return {
    keyMs: (last - first) / (keys.length - 1),
    longestWithoutNewMs: Math.max(...gaps),
    lastImageMs: finished - last,
    shown: gaps.length,
    longestTaskMs,
  };
}

const spread = (of: (round: Round) => number) => {
  const sorted = counted.map(of).sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! };
};
const result = {
  machine: `${cpus()[0]?.model}, ${cpus().length} cores`,
  browser: `Chromium ${browser.version()}`,
  keys: prompt.length,
  keyMs: spread(({ keyMs }) => keyMs),
  longestWithoutNewMs: spread((round) => round.longestWithoutNewMs),
  lastImageMs: spread(({ lastImageMs }) => lastImageMs),
  shown: spread(({ shown }) => shown),
  longestTaskMs: spread((round) => round.longestTaskMs),
};
const row = (name: string, { median, max }: { median: number; max: number }, goal = "", unit = " ms") =>
  `| ${name} | ${median.toFixed(0)}${unit} | ${max.toFixed(0)}${unit} | ${goal} |`;
console.log(`${result.machine}, ${result.browser}, WebAssembly; ${result.keys} keys, one every ${delay} ms

| measure | median of ${counted.length} | worst | goal |
| --- | --- | --- | --- |
${row("from key to key, as the page saw them", result.keyMs)}
${row("longest time without a new image", result.longestWithoutNewMs, "400 ms")}
${row("last key to the finished image", result.lastImageMs, "800 ms")}
${row("images and drafts shown", result.shown, "", "")}
${row("longest task of the main thread", result.longestTaskMs, "50 ms")}`);
if (values.json) console.log(JSON.stringify(result));

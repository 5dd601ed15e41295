// `pnpm simulate-fleet`: prints the tables of docs/scale.md, in Markdown.

import { randomFrom } from "./random.js";
import { type Fleet, type FleetResult, simulate } from "./simulate.js";

/** SD1.5 at 512 × 512 with SUN and TAESD on 2 cores, as docs/performance.md has it: 4 × 3.3 s + 0.5 s, and 1.4 s to load. */
const sd15: Fleet = {
  workers: 1,
  models: 1,
  keepLoaded: 1,
  arrivals: 0,
  seconds: 13.7,
  spread: "fixed",
  switchSeconds: 1.4,
  lifetime: Number.POSITIVE_INFINITY,
  lockSeconds: 15,
  restartSeconds: 30,
  jobs: 0,
};

/** A fleet whose workers would be busy for this share of the time, if they never loaded a model and never died. */
const at = (workers: number, load: number, more: Partial<Fleet> = {}): Fleet => ({
  ...sd15,
  workers,
  arrivals: (load * workers) / sd15.seconds,
  jobs: Math.min(200_000, 20_000 + workers * 100),
  ...more,
});

type Row = readonly [name: string, fleet: Fleet];
const hour = 3600;

const tables: Readonly<Record<string, readonly Row[]>> = {
  "Workers, at 80 % of what they can do": [1, 10, 100, 1000].map((n): Row => [`${n} workers`, at(n, 0.8)]),
  "Load of 100 workers": [0.5, 0.8, 0.9, 0.95].map((load): Row => [`${load * 100} %`, at(100, load)]),
  "Models, of which a worker keeps one loaded; 100 workers at 80 %": [1, 3, 10, 30].map(
    (models): Row => [`${models} models`, at(100, 0.8, { models })],
  ),
  "Models that are loaded from files that were not prepared (15 s); 100 workers at 50 %": [1, 3, 10, 30].map(
    (models): Row => [`${models} models`, at(100, 0.5, { models, switchSeconds: 15 })],
  ),
  "Deaths of workers; 1000 workers at 80 %": [24, 1, 0.1].map(
    (hours): Row => [`one in ${hours} h of work`, at(1000, 0.8, { lifetime: hours * hour })],
  ),
};

for (const [title, rows] of Object.entries(tables)) {
  console.log(`\n### ${title}\n`);
  console.log(
    "| | images an hour | workers busy | waiting, mean | done after, p50 | p99 | time for loading | begun again |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const [name, fleet] of rows) console.log(line(name, simulate(fleet, randomFrom(7))));
}

function line(name: string, result: FleetResult): string {
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const { throughput, busy, meanWait, p50, p99, switching, repeated } = result;
  const cells = [
    name,
    Math.round(throughput * hour).toLocaleString("en"),
    percent(busy),
    seconds(meanWait),
    seconds(p50),
    seconds(p99),
    percent(switching),
    repeated,
  ];
  return `| ${cells.join(" | ")} |`;
}

import { mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadEvent, LoadOptions, Runtime } from "@sunstep/runtime";
import { tensor } from "@sunstep/tensor";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { clearPreparedCache, createNodeRuntime, preparedCacheInfo } from "../src/index.js";
import { residualFeeds, residualNet, weightFileBytes } from "./models.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-prepared-"));
const cache = { folder: join(folder, "cache"), minWeightBytes: 0 };
const plainRuntime = await createNodeRuntime({ cache: false });
const model = await residualNet(join(folder, "weights.bin"), 3);
const feeds = residualFeeds(0.5);
const expected = await evaluate(plainRuntime);
let runtime: Runtime;

beforeEach(async () => {
  runtime = await createNodeRuntime({ cache });
});
afterEach(async () => {
  await runtime.dispose();
  await clearPreparedCache(cache);
});
afterAll(async () => {
  await plainRuntime.dispose();
  await rm(folder, { recursive: true });
});

async function evaluate(on: Runtime, options: LoadOptions = {}, what = model) {
  const session = await on.load(what, options);
  const { y } = await session.run(feeds);
  await session.dispose();
  return y!.data as Float32Array;
}

/** Returns the events of a load, and checks its result. */
async function loadEvents(on = runtime): Promise<LoadEvent[]> {
  const events: LoadEvent[] = [];
  const result = await evaluate(on, { label: "net", onEvent: (event) => events.push(event) });
  expect(result).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-5 });
  return events;
}

const made: LoadEvent[] = [
  { type: "prepare", label: "net", done: 0, total: 1 },
  { type: "prepare", label: "net", done: 1, total: 1 },
];

async function entryFile(name: RegExp): Promise<string> {
  const { entries } = await preparedCacheInfo(cache);
  const entry = join(cache.folder, `prepared-${entries[0]!.key}`);
  return join(entry, (await readdir(entry)).find((file) => name.test(file))!);
}

describe("the cache of prepared models", () => {
  it("prepares a model once, for other runtimes too", async () => {
    expect(await loadEvents()).toEqual(made);
    expect(await loadEvents()).toEqual([]);
    const other = await createNodeRuntime({ cache });
    expect(await loadEvents(other)).toEqual([]);
    await other.dispose();
    const { entries, bytes } = await preparedCacheInfo(cache);
    expect(entries.map(({ label }) => label)).toEqual(["net"]);
    expect(bytes).toBeGreaterThan(weightFileBytes(3) - 100);
    await clearPreparedCache(cache);
    expect((await preparedCacheInfo(cache)).entries).toEqual([]);
    expect(await readdir(cache.folder)).toEqual([]);
    expect(await loadEvents()).toEqual(made);
  });

  it("prepares once for concurrent loads of two runtimes", async () => {
    const other = await createNodeRuntime({ cache });
    const events = await Promise.all([loadEvents(), loadEvents(), loadEvents(other)]);
    expect(events.slice(0, 2).filter((list) => list.length > 0)).toEqual([made]);
    await other.dispose();
    expect((await preparedCacheInfo(cache)).entries).toHaveLength(1);
    expect((await readdir(cache.folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("rebuilds a damaged entry", async () => {
    await loadEvents();
    await truncate(await entryFile(/^weights/), 100);
    expect(await loadEvents()).toEqual(made);
    const weights = await entryFile(/^weights/);
    await writeFile(weights, new Uint8Array((await stat(weights)).size));
    expect(await loadEvents()).toEqual(made);
    await writeFile(await entryFile(/^model.onnx/), "nonsense");
    expect(await loadEvents()).toEqual(made);
    await writeFile(await entryFile(/^manifest/), "{");
    expect(await loadEvents()).toEqual(made);
    await rm(await entryFile(/^manifest/));
    expect(await loadEvents()).toEqual(made);
    expect(await loadEvents()).toEqual([]);
  });

  it("notices changed weights", async () => {
    await loadEvents();
    const changed = await residualNet(join(folder, "changing.bin"), 3, 7);
    const first = await evaluate(runtime, {}, changed);
    await residualNet(join(folder, "changing.bin"), 3, 8);
    const second = await evaluate(runtime, {}, changed);
    expect(second).toBeAllclose(await evaluate(plainRuntime, {}, changed), { rtol: 1e-4, atol: 1e-5 });
    expect(first).not.toEqual(second);
    expect((await preparedCacheInfo(cache)).entries).toHaveLength(3);
  });

  it("removes the least recently used entries when it grows too large", async () => {
    const small = await createNodeRuntime({ cache: { ...cache, maxBytes: 2.5 * weightFileBytes(3) } });
    const models = await Promise.all(
      [1, 2, 3].map((seed) => residualNet(join(folder, `${seed}.bin`), 3, seed)),
    );
    await evaluate(small, { label: "1" }, models[0]);
    await evaluate(small, { label: "2" }, models[1]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await evaluate(small, { label: "1" }, models[0]);
    await evaluate(small, { label: "3" }, models[2]);
    expect((await preparedCacheInfo(cache)).entries.map(({ label }) => label)).toEqual(["3", "1"]);
    await small.dispose();
  });

  it("warns of a folder that cannot be used, and loads without", async () => {
    const file = join(folder, "a file");
    await writeFile(file, "");
    const other = await createNodeRuntime({ cache: { ...cache, folder: join(file, "cache") } });
    const events = await loadEvents(other);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: "warning", code: "PREPARED_CACHE_UNUSABLE" });
    await other.dispose();
  });

  it("ignores small models, and all models when it is off", async () => {
    const other = await createNodeRuntime({ cache: { folder: cache.folder } });
    expect(await loadEvents(other)).toEqual([]);
    expect(await loadEvents(plainRuntime)).toEqual([]);
    await other.dispose();
    expect((await preparedCacheInfo(cache)).entries).toEqual([]);
  });

  it("leaves nothing behind when a load is aborted", async () => {
    const controller = new AbortController();
    const load = runtime.load(model, { signal: controller.signal, onEvent: () => controller.abort() });
    await expect(load).rejects.toMatchObject({ code: "ABORTED" });
    await runtime.dispose();
    expect((await readdir(cache.folder)).filter((name) => name !== "hashes.json")).toEqual([]);
  });

  it("shares one entry between a model and its variants", async () => {
    const unscaled = { scale: tensor(new Float32Array(1), [1]) };
    const varied = await runtime.load(model, { variants: { unscaled }, variant: "unscaled" });
    const { y } = await varied.run({ x: feeds.x }, { variant: "unscaled" });
    const session = await plainRuntime.load(model);
    const { y: zero } = await session.run({ ...feeds, scale: residualFeeds(0).scale });
    expect(y!.data as Float32Array).toBeAllclose(zero!.data as Float32Array, { rtol: 1e-4, atol: 1e-5 });
    expect(await loadEvents()).toEqual([]);
  });
});

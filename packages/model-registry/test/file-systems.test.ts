import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { resolveModel } from "../src/node.js";
import { repository, safetensors, startHub, type TestHub } from "./hub-server.js";

// A file system without links: exFAT, SMB, sshfs. Undefined: the machine's own.
let refusal: string | undefined;
vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  const refused = () =>
    Promise.reject(Object.assign(new Error(`${refusal}: no`), { code: refusal, errno: -1 }));
  return {
    ...real,
    link: (from, to) => (refusal ? refused() : real.link(from, to)),
    symlink: (target, path, type) => (refusal ? refused() : real.symlink(target, path, type)),
  };
});

const weights = safetensors(5000);
let hub: TestHub;
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  hub = await startHub({ "owner/name": repository({ "config.json": "{}", "model.safetensors": weights }) });
});
afterEach(async () => {
  refusal = undefined;
  await hub.close();
  await rm(cache, { recursive: true });
});

it.each(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK"])(
  "keeps its cache on a file system that answers links with %s",
  async (code) => {
    refusal = code;
    hub.plain.set("/a.safetensors", { body: weights, headers: { etag: '"1"' } });
    const options = { endpoint: hub.endpoint, hubCache: cache, sunstepCache: cache, env: { HOME: cache } };
    const resolving = [resolveModel("owner/name", options), resolveModel("owner/name", options)];
    const [first, second] = await Promise.all(resolving);
    expect(second).toEqual(first);
    expect(await readFile(join(first!.path, "model.safetensors"))).toEqual(weights);
    expect(await readFile((await resolveModel(`${hub.store}/a.safetensors`, options)).path)).toEqual(weights);
    expect((await readdir(cache, { recursive: true })).filter((path) => path.endsWith(".lock"))).toEqual([]);
  },
);

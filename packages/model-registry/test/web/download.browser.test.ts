import { fileURLToPath } from "node:url";
import { openTestPage, type TestPage } from "@sunstep/browser-testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { WebResolveOptions } from "../../src/web.js";
import { corrupt, cut, slow } from "../faults.js";
import { repository, safetensors, sha256, startHub, type TestHub } from "../hub-server.js";
import { tinyConfigs } from "../tiny-configs.js";
import type { Failed, Resolved } from "./page.js";

declare global {
  var registryPage: typeof import("./page.js").registryPage;
}

const weights = { unet: safetensors(60_000), text: safetensors(5_000, 2), vae: safetensors(9_000, 3) };
const files = {
  ...tinyConfigs,
  "tokenizer/vocab.json": '{"a": 1}',
  "unet/diffusion_pytorch_model.safetensors": weights.unet,
  "text_encoder/model.safetensors": weights.text,
  "vae/diffusion_pytorch_model.safetensors": weights.vae,
  "README.md": "not needed",
};

let hub: TestHub;
let test: TestPage;

beforeAll(async () => {
  hub = await startHub({
    "own/model": repository(files),
    "own/gated": repository(files, { gated: "secret" }),
  });
  test = await openTestPage(fileURLToPath(new URL("page.ts", import.meta.url)));
});
afterAll(async () => {
  await test.close();
  await hub.close();
});
beforeEach(async () => {
  await test.page.evaluate(() => globalThis.registryPage.clear());
  hub.faults.length = 0;
  hub.storeRequests.length = 0;
});

type Options = WebResolveOptions & { readonly abortAfter?: number };

function ask(model: string, options: Options = {}): Promise<Resolved | Failed> {
  return test.page.evaluate(([model, options]) => globalThis.registryPage.resolve(model, options), [
    model,
    { endpoint: hub.endpoint, ...options },
  ] as const);
}

async function resolve(model: string, options?: Options): Promise<Resolved> {
  const answer = await ask(model, options);
  if ("code" in answer) throw new Error(`${answer.code}: ${answer.message}`);
  return answer;
}

const unet = "unet/diffusion_pytorch_model.safetensors";
/** Where the hub sends for it. */
const storedUnet = /^\/blob\/.*unet/;
const rangesOf = (path: RegExp) =>
  hub.storeRequests.filter((request) => path.test(request.path)).map(({ headers }) => headers.range);

it("downloads the files that a pipeline needs, and keeps them", async () => {
  const { files: found, events } = await resolve("own/model");
  expect(Object.keys(found).sort()).toEqual(
    Object.keys(files)
      .filter((path) => path !== "README.md")
      .sort(),
  );
  expect(found[unet]).toEqual({ size: weights.unet.length, sha256: sha256(weights.unet) });
  const statuses = events.flatMap((event) => ("file" in event && event.file === unet ? [event.status] : []));
  expect([...new Set(statuses)]).toEqual(["initiate", "download", "progress", "done"]);
  expect(events.at(-1)).toEqual({ status: "ready", name: "own/model" });

  hub.storeRequests.length = 0;
  await test.page.reload();
  expect((await resolve("own/model")).files).toEqual(found);
  expect(hub.storeRequests).toEqual([]);
});

it("continues a download after a cut", async () => {
  hub.faults.push(cut(storedUnet, 100_000, 1, 1000));
  const { files: found } = await resolve("own/model");
  expect(found[unet]?.sha256).toBe(sha256(weights.unet));
  const [first, second] = rangesOf(storedUnet);
  expect(first).toBeUndefined();
  expect(Number(/^bytes=(\d+)-$/.exec(second ?? "")?.[1])).toBeGreaterThan(0);
});

it("continues a cancelled download after a reload", async () => {
  hub.faults.push(slow(storedUnet, 20, 20));
  expect(await ask("own/model", { abortAfter: 100_000 })).toMatchObject({ code: "ABORTED" });
  await test.page.reload();
  hub.storeRequests.length = 0;
  expect((await resolve("own/model")).files[unet]?.sha256).toBe(sha256(weights.unet));
  expect(Number(/^bytes=(\d+)-$/.exec(rangesOf(storedUnet)[0] ?? "")?.[1])).toBeGreaterThanOrEqual(50_000);
});

it("rejects a file that differs from the hub's listing, and removes it", async () => {
  hub.faults.push(corrupt(storedUnet));
  expect(await ask("own/model")).toMatchObject({ code: "DOWNLOAD_CORRUPT" });
  expect((await resolve("own/model")).files[unet]?.sha256).toBe(sha256(weights.unet));
});

it("reports the needed and the available storage", async () => {
  await test.page.evaluate(() => {
    navigator.storage.estimate = async () => ({ quota: 150_000, usage: 50_000 });
  });
  const failed = (await ask("own/model:unet")) as Failed;
  await test.page.reload();
  expect(failed).toMatchObject({
    code: "STORAGE_QUOTA",
    details: { needed: weights.unet.length, available: 100_000 },
  });
  expect(failed.message).toMatch(/needs 1 MB .* 1 MB more/);
});

it("takes a URL of another server, checked against a sha256", async () => {
  hub.plain.set("/own.safetensors", { body: weights.vae, headers: { etag: '"1"' } });
  const url = `${hub.store}/own.safetensors`;
  expect((await resolve(url, { sha256: sha256(weights.vae) })).files["own.safetensors"]?.size).toBe(
    weights.vae.length,
  );
  expect(await ask(`${url}?again`, { sha256: "0".repeat(64) })).toMatchObject({ code: "MODEL_NOT_FOUND" });
  hub.plain.set("/other.safetensors", { body: weights.vae, headers: {} });
  const wrong = await ask(`${hub.store}/other.safetensors`, { sha256: "0".repeat(64) });
  expect(wrong).toMatchObject({ code: "DOWNLOAD_CORRUPT" });
});

it("reads files that a bundler inlined as data: URLs", async () => {
  const { files: found } = await test.page.evaluate(async () => {
    const urls = { "a.json": new URL("data:application/json;base64,e30="), "b.txt": new URL("data:,b%20c") };
    return (await globalThis.registryPage.resolve("own", { served: { own: urls } })) as Resolved;
  });
  expect(found["a.json"]?.sha256).toBe(sha256(Buffer.from("{}")));
  expect(found["b.txt"]?.sha256).toBe(sha256(Buffer.from("b c")));
});

it("names the cause for an unknown name, a gated model and a missing file", async () => {
  expect(await ask("own/gated")).toMatchObject({ code: "MODEL_ACCESS_DENIED" });
  expect((await resolve("own/gated", { token: "secret" })).files[unet]?.size).toBe(weights.unet.length);
  expect(await ask("own/nothing")).toMatchObject({ code: "MODEL_ACCESS_DENIED" });
  expect(await ask("nothing")).toMatchObject({ code: "MODEL_UNKNOWN" });
  expect(await ask("/missing.safetensors")).toMatchObject({ code: "MODEL_NOT_FOUND" });
});

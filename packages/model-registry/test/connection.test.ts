import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type ResolveOptions, resolveModel } from "../src/node.js";
import { instead, stall, status } from "./faults.js";
import { ALWAYS, type Fault, repository, safetensors, startHub, type TestHub } from "./hub-server.js";
import { startProxy } from "./proxy-server.js";

const weights = safetensors(5000);
const page = Buffer.from("<!doctype html><title>Welcome to the hotel</title>");
const html = { "content-type": "text/html; charset=utf-8" };
let hub: TestHub;
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  hub = await startHub({ "owner/name": repository({ "config.json": "{}", "model.safetensors": weights }) });
  hub.plain.set("/a.safetensors", { body: weights, headers: { etag: '"1"' } });
});
afterEach(async () => {
  await hub.close();
  await rm(cache, { recursive: true });
});

// Retries and their delays are the defaults: 15.5 seconds for a server that is not there.
const resolve = (model = "owner/name", options: ResolveOptions = {}) =>
  resolveModel(model, {
    endpoint: hub.endpoint,
    hubCache: cache,
    sunstepCache: cache,
    env: { HOME: cache },
    ...options,
  });
const file = () => `${hub.store}/a.safetensors`;

async function startedProxy(answer?: number) {
  const proxy = await startProxy(answer);
  onTestFinished(() => proxy.close());
  return proxy;
}

describe("a model that is in the cache", () => {
  const failingFetch = (code: string) => () =>
    Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) }));

  const fault =
    (of: Fault, options: ResolveOptions = {}) =>
    (): ResolveOptions => {
      hub.faults.push(of);
      return options;
    };

  it.each<[string, () => ResolveOptions]>([
    ["the server is not running", () => ({ fetch: failingFetch("ECONNREFUSED") })],
    ["the name of the host is not known", () => ({ fetch: failingFetch("ENOTFOUND") })],
    ["names cannot be looked up now", () => ({ fetch: failingFetch("EAI_AGAIN") })],
    ["the connection is opened by a proxy", () => ({ fetch: failingFetch("SELF_SIGNED_CERT_IN_CHAIN") })],
    ["the server fails", fault(status(/revision|a\.saf/, 503, {}, 2))],
    ["the server is silent", fault(stall(/revision|a\.saf/, 0, 2), { timeout: 300 })],
    ["the network has a login page", fault(instead(/revision|a\.saf/, page, html, 2))],
  ])("is taken from there at once if %s", async (_, fail) => {
    const online = [await resolve(), await resolve(file())];
    const options = fail();
    const before = performance.now();
    expect([await resolve("owner/name", options), await resolve(file(), options)]).toEqual(online);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it("is asked for again in full if a file of it is missing", async () => {
    const { path } = await resolve();
    await rm(join(path, "model.safetensors"));
    hub.faults.push(status(/revision/, 503, {}, 2));
    await resolve("owner/name", { retryDelay: 1 });
    expect(await readFile(join(path, "model.safetensors"))).toEqual(weights);
  });
});

describe("a proxy", () => {
  it.each([
    ["HTTP_PROXY", (address: string) => `http://${address}`],
    ["http_proxy", (address: string) => `http://${address}`],
    ["HTTP_PROXY", (address: string) => address],
    ["ALL_PROXY", (address: string) => `http://${address}/`],
  ])("is used if %s names it", async (name, url) => {
    const proxy = await startedProxy();
    await resolve("owner/name", { env: { HOME: cache, [name]: url(proxy.address) } });
    const hosts = [new URL(hub.endpoint).host, new URL(hub.store).host];
    expect(new Set(proxy.tunnels)).toEqual(new Set(hosts));
  });

  it("is not used for hosts that NO_PROXY names", async () => {
    const proxy = await startedProxy();
    const env = { HOME: cache, HTTP_PROXY: `http://${proxy.address}`, NO_PROXY: "example.com,127.0.0.1" };
    await resolve("owner/name", { env });
    expect(proxy.tunnels).toEqual([]);
  });

  it("is asked once if it wants a password, and the error says how to give one", async () => {
    const proxy = await startedProxy(407);
    const resolving = resolve("owner/name", { env: { HOME: cache, HTTP_PROXY: `http://${proxy.address}` } });
    await expect(resolving).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
      message: expect.stringContaining("user:password@host"),
    });
    expect(proxy.tunnels).toHaveLength(1);
  });

  it.each(["socks5://127.0.0.1:1", "http://:bad:"])(
    "is refused by name if it cannot be used: %s",
    async (url) => {
      await expect(resolve("owner/name", { env: { HOME: cache, ALL_PROXY: url } })).rejects.toMatchObject({
        code: "REGISTRY_OPTION_INVALID",
        details: { option: "ALL_PROXY" },
      });
    },
  );
});

describe("a cause that stays", () => {
  it.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "NODE_EXTRA_CA_CERTS"],
    ["CERT_HAS_EXPIRED", "clock"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "login page"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "HTTPS_PROXY"],
  ])("is not tried again, and named with its remedy: %s", async (code, remedy) => {
    let tries = 0;
    const failing = () => {
      tries++;
      const cause = new AggregateError([Object.assign(new Error("no"), { code })]);
      return Promise.reject(new TypeError("fetch failed", { cause }));
    };
    await expect(resolve("owner/name", { fetch: failing })).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
      message: expect.stringContaining(remedy),
    });
    expect(tries).toBe(1);
  });

  it.each([/revision/, /blob/])("is a web page in place of the hub's answer to %s", async (on) => {
    hub.faults.push(instead(on, page, html));
    await expect(resolve()).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
      message: expect.stringContaining("web page in place of a file"),
    });
  });

  it("is a token with characters that no header may hold, which is never printed", async () => {
    const error = await resolve("owner/name", { token: "“hf_secret”" }).catch((e: Error) => e);
    expect(error).toMatchObject({ code: "REGISTRY_OPTION_INVALID", details: { option: "token" } });
    expect(String(error)).not.toContain("secret");
    expect(hub.requests).toEqual([]);
  });
});

describe("the hub's own words", () => {
  const words = "Access to model owner/name is restricted. Your request is awaiting a review";
  const headers = {
    "x-error-code": "GatedRepo",
    "x-error-message": `${words}\t[31m`,
  };

  it.each([
    [401, "MODEL_ACCESS_DENIED"],
    [403, "MODEL_ACCESS_DENIED"],
    [410, "DOWNLOAD_REFUSED"],
  ])("stand in the error of HTTP %i", async (code, expected) => {
    hub.faults.push(status(/revision/, code, headers));
    await expect(resolve()).rejects.toMatchObject({
      code: expected,
      message: expect.stringMatching(`The server says: ${words} \\[31m$`),
      details: { serverMessage: expect.stringContaining(words) },
    });
  });

  it("stand in the error of a server that keeps failing", async () => {
    hub.faults.push(
      status(/revision/, 429, { "x-error-message": "Too many requests", "retry-after": "0" }, ALWAYS),
    );
    await expect(resolve()).rejects.toMatchObject({
      message: expect.stringContaining('"Too many requests"'),
    });
  });
});

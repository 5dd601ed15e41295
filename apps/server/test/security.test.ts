import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { startServer } from "./start-server.js";

const token = "s3cret";
const open = await startServer({ onlyLocalNames: true });
const closed = await startServer({ token, rate: 30 });
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

describe("a server with a token", () => {
  it.each([{ authorization: `Bearer ${token}` }, basic(`anna:${token}`)])(
    "answers requests that have it: %j",
    async (headers) => {
      expect((await closed.get("/sdapi/v1/options", headers)).status).toBe(200);
    },
  );

  it.each([{}, { authorization: "Bearer wrong" }, basic(":"), { authorization: "Basic !" }])(
    "refuses all others: %j",
    async (headers) => {
      for (const path of ["/sdapi/v1/options", "/v1/models", "/metrics", "/openapi.json", "/jobs/1", "/"]) {
        const response = await closed.get(path, headers as Record<string, string>);
        expect([path, response.status]).toEqual([path, 401]);
        expect(response.headers.get("www-authenticate")).toMatch(/^Basic/);
      }
    },
  );

  it("tells its health to all", async () => {
    expect((await closed.get("/health")).body).toMatchObject({ status: "ok", workers: 1 });
  });

  it("limits the requests of a client", async () => {
    const headers = { ...basic(`busy:${token}`) };
    const statuses = [];
    for (let i = 0; i < 32; i++) statuses.push((await closed.get("/v1/models", headers)).status);
    expect(statuses.slice(0, 30)).toEqual(statuses.slice(0, 30).fill(200));
    expect(statuses.at(-1)).toBe(429);
    expect((await closed.get("/v1/models", basic(`other:${token}`))).status).toBe(200);
  });
});

describe("pages of other sites", () => {
  it("get no answer, whatever they send", async () => {
    const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const { status, headers } = await open.post("/sdapi/v1/txt2img", { prompt: "x" }, foreign);
    expect(status).toBe(403);
    expect(headers.get("access-control-allow-origin")).toBeNull();
    const form = new FormData();
    form.set("prompt", "x");
    const sent = await fetch(`${open.url}/v1/images/edits`, { method: "POST", body: form, headers: foreign });
    expect(sent.status).toBe(403);
  });

  it("cannot point a name of their own at this machine", async () => {
    const { port } = new URL(open.url);
    const status = await new Promise<number | undefined>((done) =>
      request(
        { port, host: "127.0.0.1", path: "/v1/models", headers: { host: `evil.example:${port}` } },
        (response) => {
          response.resume();
          done(response.statusCode);
        },
      ).end(),
    );
    expect(status).toBe(403);
    expect((await open.get("/v1/models")).status).toBe(200);
  });
});

describe("paths of requests", () => {
  it.each([
    "/images/../jobs.jsonl",
    "/images/..%2Fjobs.jsonl",
    `/images/${"0".repeat(64)}.jsonl`,
    `/images/${"0".repeat(64)}.png`,
    "/jobs/..%2F..%2Foptions",
    "/v1/models/..%2F..",
  ])("reach no file: %s", async (path) => {
    expect([404, 410]).toContain((await open.get(path)).status);
  });

  it.each(["../../etc/passwd", "/etc/passwd", "https://example.com/model.safetensors", "owner/name"])(
    "are no models: %s",
    async (model) => {
      expect((await open.post("/v1/images/generations", { prompt: "x", model })).status).toBe(404);
      const { status } = await open.post("/sdapi/v1/txt2img", {
        prompt: "x",
        override_settings: { sd_vae: model },
      });
      expect(status).toBe(404);
    },
  );
});

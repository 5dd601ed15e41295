import OpenAI from "openai";
import { expect, it } from "vitest";
import { startServer } from "./start-server.js";

const server = await startServer({ queue: { maxWaiting: 2 }, limits: { body: 200_000 } });
const slow = { prompt: "a tree", width: 512, height: 512, batch_size: 16 };

const busy = () => {
  const controller = new AbortController();
  const done = fetch(`${server.url}/sdapi/v1/txt2img`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(slow),
    signal: controller.signal,
  }).catch(() => undefined);
  return async () => {
    controller.abort();
    await done;
  };
};

it("sends clients away beyond its queue, and says when to try again", async () => {
  const ends = [busy(), busy(), busy()];
  await expect.poll(() => server.queue.counts()).toEqual({ waiting: 2, running: 1 });
  const { status, headers, body } = await server.post("/v1/images/generations", { prompt: "x" });
  expect(status).toBe(429);
  expect(body.error).toMatchObject({ code: "JOB_QUEUE_FULL", type: "rate_limit_error" });
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  expect(headers.get("x-should-retry")).toBe("true");
  for (const end of ends) await end();
  await expect.poll(() => server.queue.counts()).toEqual({ waiting: 0, running: 0 });
  expect((await server.post("/v1/images/generations", { prompt: "x" })).status).toBe(200);
});

it("makes an image once that the openai package asks for again after its own deadline", async () => {
  const before = (await server.get("/v1/models")).status;
  expect(before).toBe(200);
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", timeout: 700, maxRetries: 60 });
  const ids = new Set<string>();
  const watching = setInterval(async () => {
    for (const { id } of await server.queue.active()) ids.add(id);
  }, 20);
  const made = await client.images.generate({ prompt: "a slow tree", size: "256x256", n: 8 } as never);
  clearInterval(watching);
  expect((made as OpenAI.ImagesResponse).data).toHaveLength(8);
  expect(ids.size).toBe(1);
}, 120_000);

it("answers a request that was made before from what it keeps", async () => {
  const request = { prompt: "a cat", seed: 77 };
  const first = await server.post("/v1/images/generations", request);
  const again = await server.post("/v1/images/generations", request);
  expect(again.headers.get("x-job-id")).toBe(first.headers.get("x-job-id"));
  expect(again.body.data).toEqual(first.body.data);
  const random = await server.post("/v1/images/generations", { prompt: "a cat" });
  const other = await server.post("/v1/images/generations", { prompt: "a cat" });
  expect(other.body.data[0].b64_json).not.toBe(random.body.data[0].b64_json);
});

it("refuses a body that is too large", async () => {
  const { status } = await server.post("/sdapi/v1/txt2img", { prompt: "x".repeat(300_000) });
  expect(status).toBe(413);
});

it("counts requests and errors for Prometheus", async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toMatch(/sunstep_jobs\{state="waiting"\} 0/);
  expect(text).toMatch(/sunstep_errors_total\{code="JOB_QUEUE_FULL"\} 1/);
  expect(text).toMatch(/sunstep_request_seconds_count\{route="\/v1\/images\/generations",status="200"\} \d+/);
});

it("describes itself", async () => {
  const { body } = await server.get("/openapi.json");
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      "/v1/images/generations",
      "/v1/images/edits",
      "/sdapi/v1/txt2img",
      "/sdapi/v1/progress",
    ]),
  );
});

it.each([
  ["/sdapi/v1/txt2img", 415],
  ["/v1/images/generations", 415],
  ["/v1/images/edits", 400],
])("refuses a form without a boundary: %s", async (path, status) => {
  const headers = { "content-type": "multipart/form-data" };
  const response = await fetch(server.url + path, { method: "POST", headers, body: "x" });
  expect(response.status).toBe(status);
});

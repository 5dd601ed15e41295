import { setTimeout as delay } from "node:timers/promises";
import fastify from "fastify";
import { afterAll, expect, it } from "vitest";
import { serverError } from "../src/errors.js";
import { longAnswer } from "../src/http/long-answer.js";
import { streamImages } from "../src/openai/stream.js";

const { promise: released, resolve: release } = withResolvers<object>();
const app = fastify();
const times = { after: 30, every: 20 };
const work: Record<string, () => Promise<object>> = {
  slow: () => released,
  quick: async () => ({ images: [] }),
  "slow-failure": () => delay(80).then(() => Promise.reject(serverError("RESULT_MISSING", "gone"))),
  "quick-failure": () => Promise.reject(serverError("RESULT_MISSING", "gone")),
};
for (const [name, run] of Object.entries(work))
  app.get(`/${name}`, (_request, reply) => {
    reply.header("x-job-id", name);
    return longAnswer(reply, run, ({ code }) => ({ error: { code } }), times);
  });
app.get("/stream", (_request, reply) =>
  streamImages(reply, {}, "image_generation", () => delay(100).then(work["quick-failure"]) as never, 20),
);
const url = await app.listen({ host: "127.0.0.1", port: 0 });
afterAll(() => app.close());

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

it("begins the response of long work before it is done, and keeps it alive", async () => {
  const response = await fetch(`${url}/slow`);
  setTimeout(release, 70, { images: ["é"] });
  expect([response.status, response.headers.get("x-job-id")]).toEqual([200, "slow"]);
  const text = await response.text();
  expect(text).toMatch(/^ {2,}\{/);
  expect(JSON.parse(text)).toEqual({ images: ["é"] });
});

it("leaves short work as it is, errors included", async () => {
  const quick = await fetch(`${url}/quick`);
  expect(await quick.text()).toBe('{"images":[]}');
  expect((await fetch(`${url}/quick-failure`)).status).toBe(500);
});

it("sends the error of long work as its body", async () => {
  const response = await fetch(`${url}/slow-failure`);
  expect([response.status, await response.json()]).toEqual([200, { error: { code: "RESULT_MISSING" } }]);
});

it("keeps a stream of events alive by comments", async () => {
  const text = await (await fetch(`${url}/stream`)).text();
  expect(text).toMatch(/^(: alive\n\n){2,}event: error\ndata: \{"error":\{.*"RESULT_MISSING"/);
});

it("has no time after which Node would cut a response", () => {
  expect(app.server.timeout).toBe(0);
});

import { expect, it } from "vitest";
import { startServerEngine } from "../../src/engine/server/server-engine.js";
import type { RunRequest } from "../../src/state/request.js";

const request: RunRequest = {
  prompt: "a cat",
  options: { seed: 1, steps: 4, width: 64, height: 64, negativePrompt: "red", preview: "auto" },
};
const eventsOf = (...events: object[]) =>
  new Response(
    `: alive\n\n${events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join("")}`,
  );
const done = {
  b64_json: btoa("png"),
  width: 64,
  height: 64,
  parameters: "a cat",
  evaluations: 4,
  milliseconds: 9,
};

function engineOf(answer: (url: string, init?: RequestInit) => Promise<Response>) {
  return startServerEngine("http://server/sub/", answer as typeof fetch);
}

it("asks the server for an image, tells its progress and returns its file", async () => {
  const asked: unknown[] = [];
  const { engine } = engineOf(async (url, init) => {
    asked.push(url, JSON.parse(String(init?.body)));
    return eventsOf({ stage: "waiting", step: 0, steps: 0 }, { stage: "painting", step: 1, steps: 4 }, done);
  });
  const texts: (string | undefined)[] = [];
  const made = await engine.generate(request, { onEvent: ({ progress }) => texts.push(progress?.text) });
  expect(asked).toEqual([
    "http://server/sub/v1/images/generations",
    {
      model: "",
      prompt: "a cat",
      size: "64x64",
      seed: 1,
      steps: 4,
      negative_prompt: "red",
      stream: true,
      progress: true,
    },
  ]);
  expect(texts).toEqual(["Waiting", "Step 1 of 4"]);
  expect(await made.png.text()).toBe("png");
  expect(made).toMatchObject({ width: 64, parameters: "a cat", evaluations: 4, milliseconds: 9 });
});

it.each([
  [
    "an error before the stream",
    async () => new Response('{"error":{"code":"JOB_QUEUE_FULL","message":"full"}}', { status: 429 }),
    "JOB_QUEUE_FULL",
  ],
  [
    "an error in the stream",
    async () => eventsOf({ error: { code: "JOB_LOST", message: "lost" } }),
    "JOB_LOST",
  ],
  ["a proxy's page", async () => new Response("<html>", { status: 502 }), "SERVER_ERROR"],
  ["no answer", () => Promise.reject(new TypeError("Failed to fetch")), "SERVER_UNREACHABLE"],
  ["a stream without an image", async () => eventsOf(), "SERVER_UNREACHABLE"],
])("rejects %s with its code", async (_, answer, code) => {
  await expect(engineOf(answer).engine.generate(request)).rejects.toMatchObject({ code });
});

it("ends the request when a run is cancelled or the engine is stopped", async () => {
  const waits = (_url: string, init?: RequestInit) =>
    new Promise<Response>((_, reject) => {
      const abort = () => reject(new DOMException("", "AbortError"));
      if (init?.signal?.aborted) abort();
      init?.signal?.addEventListener("abort", abort);
    });
  const controller = new AbortController();
  const cancelled = engineOf(waits).engine.generate(request, { signal: controller.signal });
  controller.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "ABORTED" });
  const running = engineOf(waits);
  const stopped = running.engine.generate(request);
  running.stop();
  await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
});

import { describe, expect, it } from "vitest";
import { runtimeError } from "../src/index.js";
import { type Request, type Response, WorkerClient, type WorkerPort } from "../src/worker.js";

/** A worker whose responses the test gives. */
function workerByHand() {
  const requests: Request[] = [];
  const busy: boolean[] = [];
  let answer: (reply: Response) => void = () => undefined;
  const port: WorkerPort = {
    post: (request) => void requests.push(request),
    listen: (receive) => {
      answer = receive;
    },
    setBusy: (state) => void busy.push(state),
    terminate: async () => undefined,
  };
  return { port, requests, busy, answer: (reply: Response) => answer(reply) };
}

async function started() {
  const worker = workerByHand();
  const start = WorkerClient.start(worker.port, {}, "test");
  worker.answer({ type: "result", id: worker.requests[0]!.id, result: { version: "1" } });
  return { ...worker, client: (await start).client };
}

describe("WorkerClient", () => {
  it("lets the worker idle when the last request is answered", async () => {
    const { client, requests, busy, answer } = await started();
    const calls = [1, 2].map((id) => client.call("free", { label: "x", id }));
    answer({ type: "result", id: requests[1]!.id, result: {} });
    expect(busy.at(-1)).toBe(true);
    answer({ type: "result", id: requests[2]!.id, result: {} });
    expect(busy.at(-1)).toBe(false);
    await Promise.all(calls);
  });

  it("leaves the worker idle when a request cannot be sent", async () => {
    const { client, port, busy } = await started();
    port.post = () => {
      throw new TypeError("cannot be cloned");
    };
    await expect(client.call("free", { label: "x", id: 1 })).rejects.toThrow("cannot be cloned");
    expect(busy.at(-1)).toBe(false);
  });

  it("keeps a worker busy that is being terminated, whatever still comes from it", async () => {
    const { client, requests, busy, answer } = await started();
    const call = client.call("free", { label: "x", id: 1 });
    const ended = client.terminate(runtimeError("SESSION_DISPOSED", "over"));
    answer({ type: "result", id: requests[1]!.id, result: {} });
    await expect(call).rejects.toMatchObject({ code: "SESSION_DISPOSED" });
    await ended;
    expect(busy.at(-1)).toBe(true);
    await expect(client.call("free", { label: "x", id: 2 })).rejects.toMatchObject({
      code: "SESSION_DISPOSED",
    });
  });
});

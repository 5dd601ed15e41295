import { describe, expect, it } from "vitest";
import { runtimeError } from "../src/index.js";
import { type Order, type Reply, WorkerClient, type WorkerPort } from "../src/worker.js";

/** A worker whose answers the test gives. */
function workerByHand() {
  const orders: Order[] = [];
  const busy: boolean[] = [];
  let answer: (reply: Reply) => void = () => undefined;
  const port: WorkerPort = {
    post: (order) => void orders.push(order),
    listen: (receive) => {
      answer = receive;
    },
    setBusy: (state) => void busy.push(state),
    terminate: async () => undefined,
  };
  return { port, orders, busy, answer: (reply: Reply) => answer(reply) };
}

async function started() {
  const worker = workerByHand();
  const start = WorkerClient.start(worker.port, {}, "test");
  worker.answer({ type: "answer", id: worker.orders[0]!.id, answer: { version: "1" } });
  return { ...worker, client: (await start).client };
}

describe("a worker's client", () => {
  it("lets the worker idle only when the last call is answered", async () => {
    const { client, orders, busy, answer } = await started();
    const calls = [1, 2].map((id) => client.call("free", { label: "x", id }));
    answer({ type: "answer", id: orders[1]!.id, answer: {} });
    expect(busy.at(-1)).toBe(true);
    answer({ type: "answer", id: orders[2]!.id, answer: {} });
    expect(busy.at(-1)).toBe(false);
    await Promise.all(calls);
  });

  it("leaves the worker idle when a call cannot be sent", async () => {
    const { client, port, busy } = await started();
    port.post = () => {
      throw new TypeError("cannot be cloned");
    };
    await expect(client.call("free", { label: "x", id: 1 })).rejects.toThrow("cannot be cloned");
    expect(busy.at(-1)).toBe(false);
  });

  it("leaves a worker that is being ended busy, whatever still comes from it", async () => {
    const { client, orders, busy, answer } = await started();
    const call = client.call("free", { label: "x", id: 1 });
    const ended = client.terminate(runtimeError("SESSION_DISPOSED", "over"));
    answer({ type: "answer", id: orders[1]!.id, answer: {} });
    await expect(call).rejects.toMatchObject({ code: "SESSION_DISPOSED" });
    await ended;
    expect(busy.at(-1)).toBe(true);
    await expect(client.call("free", { label: "x", id: 2 })).rejects.toMatchObject({
      code: "SESSION_DISPOSED",
    });
  });
});

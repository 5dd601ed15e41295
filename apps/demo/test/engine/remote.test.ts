import { SunstepError } from "@sunstep/errors";
import { expect, it } from "vitest";
import { type CallContext, connect, type Port, serve } from "../../src/engine/remote.js";

const methods = {
  async double(value: number) {
    return value * 2;
  },
  async count(to: number, { emit, signal }: CallContext<number>) {
    for (let i = 1; i <= to; i++) {
      emit(i);
      await new Promise((resolve) => setTimeout(resolve));
      if (signal.aborted) throw new SunstepError("ABORTED", `stopped at ${i}`);
    }
    return "all";
  },
  async fail(): Promise<never> {
    throw new TypeError("a mistake");
  },
};

function connected() {
  const { port1, port2 } = new MessageChannel();
  serve(port1 as Port, methods);
  const { remote, fail } = connect<typeof methods>(port2 as Port);
  port1.start();
  port2.start();
  const close = () => port1.close();
  return { remote, fail, close };
}

it("delivers results, and events in order", async () => {
  const { remote, close } = connected();
  const events: number[] = [];
  const [four, all] = await Promise.all([
    remote.double(2),
    remote.count(3, { onEvent: (event) => events.push(event) }),
  ]);
  expect([four, all, events]).toEqual([4, "all", [1, 2, 3]]);
  close();
});

it("carries an error's code, and gives UNEXPECTED to errors without one", async () => {
  const { remote, close } = connected();
  await expect(remote.fail(undefined)).rejects.toMatchObject({ code: "UNEXPECTED", message: "a mistake" });
  close();
});

it("forwards an abort before and during a call", async () => {
  const { remote, close } = connected();
  await expect(remote.count(1000, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    message: "stopped at 1",
  });
  const controller = new AbortController();
  const onEvent = (event: number) => event === 3 && controller.abort();
  await expect(remote.count(1e6, { signal: controller.signal, onEvent })).rejects.toMatchObject({
    code: "ABORTED",
  });
  close();
});

it("rejects current and later calls after the other side has ended", async () => {
  const { remote, fail, close } = connected();
  const lost = remote.count(1e6);
  fail(new SunstepError("WORKER_DIED", "gone"));
  await expect(lost).rejects.toMatchObject({ code: "WORKER_DIED" });
  await expect(remote.double(2)).rejects.toMatchObject({ code: "WORKER_DIED" });
  close();
});

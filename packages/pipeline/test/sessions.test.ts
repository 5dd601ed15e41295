import type { Runtime, Session } from "@sunstep/runtime";
import { probe } from "@sunstep/runtime/worker";
import { expect, test } from "vitest";
import { SessionCache } from "../src/sessions.js";

/** Loads sessions that take their time to go; `fail` makes the next loads fail at once. */
function standInRuntime() {
  const log = { disposed: 0, fail: false };
  const session = {
    dispose: () => new Promise<void>((resolve) => setTimeout(() => resolve(void log.disposed++), 20)),
  } as Session;
  const load = async () => {
    if (log.fail) throw new Error("refused");
    return session;
  };
  return { log, runtime: { load } as unknown as Runtime };
}

test("a load that fails while another session makes room for it is the caller's alone to hear of", async () => {
  const { log, runtime } = standInRuntime();
  const sessions = new SessionCache(runtime, 1);
  const get = (key: string) => sessions.get({ key, build: probe });
  await get("first");
  log.fail = true;
  // Were nobody to listen meanwhile, the process would end, and the test fail, of an unhandled rejection.
  await expect(get("second")).rejects.toThrow("refused");
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(log.disposed).toBe(1);
  log.fail = false;
  await get("second");
});

import { GraphBuilder } from "@sunstep/onnx-graph";
import type { LoadOptions, Runtime, Session } from "@sunstep/runtime";
import { describe, expect, it } from "vitest";
import { Run } from "../src/run.js";
import type { Adapter } from "../src/sessions/adapter.js";
import { SessionCache } from "../src/sessions/session-cache.js";

/** A runtime that counts what it loads; sessions take a while to dispose of, and loads fail on demand. */
function countingRuntime() {
  const log = { loads: [] as string[], options: [] as LoadOptions[], disposed: 0, fail: false };
  const session = {
    dispose: () => new Promise<void>((resolve) => setTimeout(() => resolve(void log.disposed++), 20)),
  } as Session;
  const load = async (_: unknown, options: LoadOptions = {}) => {
    if (log.fail) throw new Error("refused");
    log.loads.push(options.label ?? "");
    log.options.push(options);
    return session;
  };
  return { log, runtime: { load } as unknown as Runtime };
}

const build = () => {
  const graph = new GraphBuilder({ name: "network", opsets: { "": 23 } });
  graph.output("y", graph.op("Relu", [graph.input("x", "float32", [1])]));
  return graph.build();
};
const pass = { name: "nothing", run: (model: ReturnType<typeof build>) => ({ model, modified: false }) };
const run = new Run({});
const network = (size: number, adapters: readonly Adapter[] = []) =>
  ({ network: "unet", settings: { size }, build, adapters }) as const;
const adapter = (key: string, changed: string): Adapter => ({
  key,
  passes: (name) => (name === changed ? [pass] : []),
});

describe("SessionCache", () => {
  it("loads a network once for the same settings, in any order", async () => {
    const { log, runtime } = countingRuntime();
    const sessions = new SessionCache({ runtime }, 4);
    await sessions.get({ network: "vae_decoder", settings: { height: 8, width: 4 }, build }, run);
    await sessions.get({ network: "vae_decoder", settings: { width: 4, height: 8 }, build }, run);
    await sessions.get({ network: "vae_decoder", settings: { width: 8, height: 4 }, build }, run);
    expect(log.loads).toEqual(["vae_decoder", "vae_decoder"]);
  });

  it("loads a session for one use anew each time, and disposes of it even if the use fails", async () => {
    const { log, runtime } = countingRuntime();
    const sessions = new SessionCache({ runtime }, 4);
    await expect(sessions.once(network(1), run, async () => 5)).resolves.toBe(5);
    const failing = sessions.once(network(1), run, () => Promise.reject(new Error("too large")));
    await expect(failing).rejects.toThrow("too large");
    expect(log.loads).toHaveLength(2);
    expect(log.disposed).toBe(2);
  });

  it("loads a network again for other adapters, but not for those that leave it as it is", async () => {
    const { log, runtime } = countingRuntime();
    const sessions = new SessionCache({ runtime }, 4);
    await sessions.get(network(1), run);
    await sessions.get(network(1, [adapter("a", "text_encoder")]), run);
    expect(log.loads).toHaveLength(1);
    await sessions.get(network(1, [adapter("a", "unet")]), run);
    await sessions.get(network(1, [adapter("a", "unet"), adapter("c", "vae_decoder")]), run);
    expect(log.loads).toHaveLength(2);
    await sessions.get(network(1, [adapter("b", "unet")]), run);
    expect(log.loads).toHaveLength(3);
  });

  it("disposes of all sessions of a network with other adapters before it loads the next", async () => {
    const { log, runtime } = countingRuntime();
    const sessions = new SessionCache({ runtime }, 8);
    for (const size of [1, 2]) await sessions.get(network(size, [adapter("a", "unet")]), run);
    await sessions.get({ network: "vae_decoder", settings: { height: 8 }, build }, run);
    const loading = sessions.get(network(1, [adapter("b", "unet")]), run);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([log.loads.length, log.disposed]).toEqual([3, 0]);
    await loading;
    expect([log.loads.length, log.disposed]).toEqual([4, 2]);
  });

  it("hands the invariant inputs and the variants to the runtime", async () => {
    const { log, runtime } = countingRuntime();
    const variants = { off: {} };
    const inputs = { states: [1, 77, 4], scale: [1] };
    await new SessionCache({ runtime }, 4).get({ ...network(1), inputs, variants, variant: "off" }, run);
    expect(log.options[0]).toMatchObject({ invariantInputs: ["states", "scale"], variants, variant: "off" });
  });

  it("runs the adapters' passes first and then those of the network", async () => {
    const { runtime } = countingRuntime();
    const order: string[] = [];
    const named = (name: string) => ({
      name,
      run: (model: ReturnType<typeof build>) => {
        order.push(name);
        return { model, modified: false };
      },
    });
    const sessions = new SessionCache(
      { runtime, passes: { unet: [named("own")], vae_decoder: [named("other")] } },
      4,
    );
    await sessions.get(network(1, [{ key: "a", passes: () => [named("adapter")] }]), run);
    expect(order).toEqual(["adapter", "own"]);
  });

  it("disposes of the session whose last use is longest ago", async () => {
    const { log, runtime } = countingRuntime();
    const sessions = new SessionCache({ runtime }, 2);
    for (const size of [1, 2, 1, 3, 1]) await sessions.get(network(size), run);
    expect([log.loads.length, log.disposed]).toEqual([3, 1]);
    await sessions.get(network(2), run);
    expect([log.loads.length, log.disposed]).toEqual([4, 2]);
    await sessions.dispose();
    expect(log.disposed).toBe(4);
  });

  it("tells only the caller of a load that fails while another session makes room for it", async () => {
    const { log, runtime } = countingRuntime();
    const sessions = new SessionCache({ runtime }, 1);
    await sessions.get(network(1), run);
    log.fail = true;
    // An unhandled rejection would end the process, and fail the test.
    await expect(sessions.get(network(2), run)).rejects.toThrow("refused");
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(log.disposed).toBe(1);
    log.fail = false;
    await sessions.get(network(2), run);
  });

  it.each([
    [true, "int8"],
    [false, "float32"],
  ] as const)("chooses numbers by the processor: fastInt8 %s, %s", (fastInt8, dtype) => {
    const runtime = { ...countingRuntime().runtime, fastInt8 };
    expect(new SessionCache({ runtime, dtype: "auto" }, 4).dtype).toBe(dtype);
  });

  it("loads the networks of each step in 8 bits, until the backend refuses", async () => {
    const { log, runtime } = countingRuntime();
    const sessions = new SessionCache({ runtime, dtype: "int8" }, 4);
    await sessions.get(network(1), run);
    await sessions.get({ network: "text_encoder", settings: {}, build }, run);
    await sessions.get({ network: "vae_decoder", settings: {}, build, precision: "float32" }, run);
    expect(log.options.map(({ precision }) => precision)).toEqual(["int8", undefined, "float32"]);
    expect(sessions.dtype).toBe("int8");
    log.options[0]!.onEvent!({ type: "warning", code: "PREPARED_CACHE_UNUSABLE", message: "full" });
    expect(sessions.dtype).toBe("int8");
    log.options[0]!.onEvent!({ type: "warning", code: "INT8_INEXACT", message: "wrong" });
    await sessions.get(network(2), run);
    expect(log.options.at(-1)!.precision).toBeUndefined();
    expect(sessions.dtype).toBe("float32");
  });
});

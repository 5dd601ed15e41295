import { exactProducts } from "@sunstep/quantization";
import type { Tensor } from "@sunstep/tensor";
import { tensor } from "@sunstep/tensor";
import { expect, it } from "vitest";
import type { LoadEvent } from "../src/index.js";
import type { WorkerEngine } from "../src/worker.js";
import { inProcessRuntime } from "./in-process-worker.js";

const { expected } = exactProducts();

/** An engine that answers every run with the exact products, changed by `edit`. Records the precisions that it prepares. */
function engineThatGives(edit: (numbers: Float32Array, output: string) => void, computesInt8 = true) {
  const prepared: [string, string | undefined][] = [];
  const engine: WorkerEngine<Tensor> = {
    tensors: {
      from: (given) => given,
      read: async (native) => native,
      typeOf: ({ dtype, shape }) => ({ dtype, shape }),
      free: () => undefined,
    },
    open: (source) => ({ ...source, read: () => Promise.reject(new Error("not of this test")) }),
    start: async () => "1",
    computesInt8: () => computesInt8,
    async prepare(model, { label, precision }) {
      prepared.push([label, precision]);
      const run = async () =>
        Object.fromEntries(
          Object.entries(expected).map(([name, numbers]) => {
            const copy = numbers.slice();
            edit(copy, name);
            return [name, tensor(copy, [copy.length])];
          }),
        );
      return { model, load: async () => ({ inputs: [], outputs: [], run, release: async () => {} }) };
    },
  };
  return { engine, prepared };
}

async function loadTwice(engine: WorkerEngine<Tensor>): Promise<LoadEvent[]> {
  const { runtime } = await inProcessRuntime(engine);
  const events: LoadEvent[] = [];
  for (const label of ["first", "second"]) {
    await runtime.load(exactProducts().model, {
      label,
      precision: "int8",
      onEvent: (event) => events.push(event),
    });
  }
  await runtime.dispose();
  return events;
}

it("checks an engine's int8 once, and then uses it", async () => {
  const { engine, prepared } = engineThatGives(() => undefined);
  expect(await loadTwice(engine)).toEqual([]);
  expect(prepared).toEqual([
    ["exact products", "int8"],
    ["first", "int8"],
    ["second", "int8"],
  ]);
});

it("uses float32 and warns, if one element of a product is not exact", async () => {
  const { engine, prepared } = engineThatGives((numbers, output) => {
    if (output === "product") numbers[100]! += 1;
  });
  const events = await loadTwice(engine);
  expect(events.map((event) => event.type === "warning" && event.code)).toEqual([
    "INT8_INEXACT",
    "INT8_INEXACT",
  ]);
  expect(events[0]).toMatchObject({ label: "first", message: expect.stringMatching(/product, element 100/) });
  expect(prepared.slice(1)).toEqual([
    ["first", undefined],
    ["second", undefined],
  ]);
});

it("warns if the engine cannot run the products", async () => {
  const { engine } = engineThatGives(() => {
    throw new Error("no kernel");
  });
  expect((await loadTwice(engine))[0]).toMatchObject({
    code: "INT8_INEXACT",
    message: expect.stringMatching(/no kernel/),
  });
});

it("warns on devices without kernels for int8", async () => {
  const { engine, prepared } = engineThatGives(() => undefined, false);
  expect((await loadTwice(engine))[0]).toMatchObject({ type: "warning", code: "INT8_UNSUPPORTED" });
  expect(prepared[0]).toEqual(["first", undefined]);
});

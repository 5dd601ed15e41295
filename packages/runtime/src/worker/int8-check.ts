import { exactProducts } from "@sunstep/quantization";
import type { LoadEvent } from "../runtime.js";
import type { PrepareContext, WorkerEngine } from "./worker-engine.js";

/** Events of loads that asked for int8 and get float32. */
type Int8Warning = Pick<LoadEvent & { type: "warning" }, "code" | "message">;

/**
 * Returns a function that tells why an engine cannot be trusted with int8, or undefined if it can. At its first call it
 * computes products whose results are known exactly: kernels chosen by the processor's features have been wrong on some
 * (https://github.com/microsoft/onnxruntime/issues/26324).
 */
export function int8Check<T>(engine: WorkerEngine<T>): () => Promise<Int8Warning | undefined> {
  let checked: Promise<Int8Warning | undefined> | undefined;
  return () => {
    checked ??= problemOf(engine);
    return checked;
  };
}

async function problemOf<T>(engine: WorkerEngine<T>): Promise<Int8Warning | undefined> {
  if (!engine.computesInt8?.()) {
    const message = "int8 is for CPUs: this device computes as it would without";
    return { code: "INT8_UNSUPPORTED", message };
  }
  const wrong = await wrongOutput(engine).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  if (wrong === undefined) return undefined;
  const message = `int8 does not give exact results on this processor, so that float32 is used: ${wrong}`;
  return { code: "INT8_INEXACT", message };
}

/** Describes the first element that is not exact. */
async function wrongOutput<T>(engine: WorkerEngine<T>): Promise<string | undefined> {
  const { tensors } = engine;
  const { model, feeds, expected } = exactProducts();
  const context: PrepareContext = {
    label: model.graph.name,
    precision: "int8",
    invariantInputs: [],
    signal: new AbortController().signal,
    emit: () => undefined,
  };
  const prepared = await engine.prepare(model, context);
  const session = await prepared.load(prepared.model);
  const natives = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, tensors.from(feed)] as const),
  );
  try {
    const results = await session.run(natives);
    for (const [name, numbers] of Object.entries(expected)) {
      const { data } = await tensors.read(results[name]!);
      const at = numbers.findIndex((number, i) => Number(data[i]) !== number);
      if (at >= 0) return `${name}, element ${at}: ${data[at]} instead of ${numbers[at]}`;
    }
    for (const result of Object.values(results)) tensors.free(result);
    return undefined;
  } finally {
    for (const native of Object.values(natives)) tensors.free(native);
    await session.release();
  }
}

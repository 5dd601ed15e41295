// One runtime for all cases: onnxruntime-node on the CPU, started on first use, unless another one is set.
import type { Model } from "@sunstep/onnx-graph";
import type { Runtime, Session } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import type { Tensor } from "@sunstep/tensor";

let started: Promise<Runtime> | undefined;

export function runtime(): Promise<Runtime> {
  started ??= createNodeRuntime({ device: "cpu" });
  return started;
}

/** Loads a model, and disposes of it after `use`. */
export async function withSession<T>(model: Model, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await (await runtime()).load(model);
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/** Runs the cases on another backend. */
export function useRuntime(other: Promise<Runtime>): void {
  started = other;
}

/** Loads a model, runs it once and disposes of it. */
export function runOnce(
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  return withSession(model, (session) => session.run(feeds));
}

export async function closeSessions(): Promise<void> {
  await (await started)?.dispose();
  started = undefined;
}

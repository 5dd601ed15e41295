// One runtime for all cases: the CPU of onnxruntime-node, started by the first case that needs it.
import type { Model } from "@sunstep/onnx-graph";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import type { Tensor } from "@sunstep/tensor";

let started: Promise<Runtime> | undefined;

export function runtime(): Promise<Runtime> {
  started ??= createNodeRuntime({ device: "cpu" });
  return started;
}

/** Loads a model, runs it once and disposes of it. */
export async function runOnce(
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const session = await (await runtime()).load(model);
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

export async function closeSessions(): Promise<void> {
  await (await started)?.dispose();
  started = undefined;
}

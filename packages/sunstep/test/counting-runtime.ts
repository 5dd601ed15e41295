import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { onTestFinished } from "vitest";

/** The Node runtime, with a list of the networks that it loaded. Disposed of after the test, or as `atEnd` says. */
export async function countingRuntime(
  atEnd: (dispose: () => Promise<void>) => void = onTestFinished,
): Promise<{ runtime: Runtime; loads: string[] }> {
  const loads: string[] = [];
  const inner = await createNodeRuntime({ cache: false });
  atEnd(() => inner.dispose());
  const runtime: Runtime = {
    name: inner.name,
    device: inner.device,
    batching: inner.batching,
    keep: (tensor) => inner.keep(tensor),
    dispose: () => inner.dispose(),
    load(model, options) {
      loads.push(options?.label ?? "");
      return inner.load(model, options);
    },
  };
  return { runtime, loads };
}

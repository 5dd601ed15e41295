import type { Runtime } from "@sunstep/runtime";

/** Wraps a runtime. `loads` lists the labels of the networks that it loads. */
export function countingRuntime(inner: Runtime): { readonly runtime: Runtime; readonly loads: string[] } {
  const loads: string[] = [];
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

import { lowerForCpu, lowerForWebGpu, lowerToElementary } from "@sunstep/graph-passes";
import type { Pass } from "@sunstep/onnx-graph";
import type { NativeDevice } from "./devices.js";

/** The passes that lower a raised graph to the forms that each device runs fastest. */
export const lowerings: Readonly<Record<NativeDevice, readonly Pass[]>> = {
  cpu: lowerForCpu,
  webgpu: lowerForWebGpu,
  cuda: lowerToElementary,
  dml: lowerToElementary,
  coreml: lowerToElementary,
};

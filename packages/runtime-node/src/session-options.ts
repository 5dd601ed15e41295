import type { Model } from "@sunstep/onnx-graph";
import type { InferenceSession } from "onnxruntime-node";
import { executionProviders } from "./devices.js";
import { physicalCores } from "./physical-cores.js";
import type { WorkerSettings } from "./worker-settings.js";

/** The form of a session's model. */
export interface SessionForm {
  /** The model is in ONNX Runtime's own form. */
  readonly prepared: boolean;
  /** Matrices of a prepared model are packed. */
  readonly packs: boolean;
  /** Weights are read from their files in each run (`LoadOptions.weights`), in the order that `keepOrder` gave the nodes. */
  readonly stored: boolean;
}

/**
 * Every session has its own threads. Given their number, ONNX Runtime does not tie them to cores, and they stop waiting
 * for work when a run ends: otherwise the threads of one session take the cores from the next one's, at twice the time.
 */
export function sessionOptions(
  model: Model,
  { device, threads = physicalCores() }: WorkerSettings,
  { prepared, packs, stored }: SessionForm,
): InferenceSession.SessionOptions {
  return {
    executionProviders: executionProviders(device, model),
    graphOptimizationLevel: prepared || stored ? "disabled" : "all",
    // Packing a prepared model's matrices takes a second and private memory instead of mapped. An evaluation of SD1.5's
    // U-Net gains 4% in float32, where it is not done, and 10% in 8 bits.
    extra: {
      "session.force_spinning_stop": "1",
      ...(prepared && !packs && { "session.disable_prepacking": "1" }),
    },
    // An arena keeps what it was given once; without it, memory follows the values that are alive.
    ...(stored && { enableCpuMemArena: false, enableMemPattern: false }),
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  };
}

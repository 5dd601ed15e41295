// The thread that holds the sessions. It does one thing after the other: ONNX Runtime computes in the calling thread.
import { createRequire } from "node:module";
import { parentPort } from "node:worker_threads";
import { type Model, runPasses } from "@sunstep/onnx-graph";
import { serveSessions } from "@sunstep/runtime/worker";
import type { Tensor } from "@sunstep/tensor";
import type { InferenceSession } from "onnxruntime-node";
import { checkDevice } from "./check-device.js";
import { executionProviders } from "./devices.js";
import { lowerings } from "./lowering.js";
import { loadNative } from "./native-session.js";
import { openFile } from "./open-file.js";
import { physicalCores } from "./physical-cores.js";
import { prepare } from "./prepared/prepare.js";
import type { WorkerSettings } from "./worker-settings.js";

const port = parentPort!;
const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
let settings: WorkerSettings = { device: "cpu", cache: false };

serveSessions<Tensor>(
  {
    // A tensor is the engine's own, and nothing of it is kept elsewhere.
    tensors: {
      from: (tensor) => tensor,
      read: async (tensor) => tensor,
      typeOf: ({ dtype, shape }) => ({ dtype, shape }),
      free: () => undefined,
    },
    open: openFile,
    async start(given) {
      settings = given as WorkerSettings;
      await checkDevice(settings.device);
      return version;
    },
    async prepare(model, context) {
      const lowered = runPasses(model, lowerings[settings.device]).model;
      const cache = settings.device === "cpu" && settings.cache;
      const prepared = await prepare(lowered, { ...context, cache, version });
      return {
        model: prepared ?? lowered,
        load: (final) => loadNative(final, sessionOptions(final, prepared !== undefined)),
      };
    },
  },
  {
    post: (response, transfer) => port.postMessage(response, transfer),
    listen: (receive) => port.on("message", receive),
  },
);

/**
 * Every session has threads of its own. Told how many, ONNX Runtime does not tie them to cores, and they stop waiting
 * for work when a run ends: otherwise those of one session take the cores from the next one's, at twice the time.
 */
function sessionOptions(model: Model, prepared: boolean): InferenceSession.SessionOptions {
  const threads = settings.threads ?? physicalCores();
  return {
    executionProviders: executionProviders(settings.device, model),
    graphOptimizationLevel: prepared ? "disabled" : "all",
    // Packing a prepared model's matrices would take a second and as much private memory again; without it an
    // evaluation of SD1.5's U-Net takes 4% longer.
    extra: {
      "session.force_spinning_stop": "1",
      ...(prepared && { "session.disable_prepacking": "1" }),
    },
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  };
}

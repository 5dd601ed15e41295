import { parentPort } from "node:worker_threads";
import { readWeightsAtUse } from "@sunstep/graph-passes";
import { runPasses } from "@sunstep/onnx-graph";
import { isQuantized, quantize } from "@sunstep/quantization";
import { openFile } from "@sunstep/runtime/node";
import { serveSessions } from "@sunstep/runtime/worker";
import type { Tensor } from "@sunstep/tensor";
import { importEngine } from "./import-engine.js";
import { lowerings } from "./lowering.js";
import { prepare } from "./prepared/prepare.js";
import type { WorkerSettings } from "./worker-settings.js";

/** Serves the thread's sessions, one operation at a time: ONNX Runtime computes in the calling thread. */
export function serveThread(): void {
  const port = parentPort!;
  let settings: WorkerSettings = { device: "cpu", cache: false };
  let engine: Awaited<ReturnType<typeof importEngine>>;
  serveSessions<Tensor>(
    {
      // The engine takes and returns plain tensors, so there is nothing to convert or free.
      tensors: {
        from: (tensor) => tensor,
        read: async (tensor) => tensor,
        typeOf: ({ dtype, shape }) => ({ dtype, shape }),
        free: () => undefined,
      },
      open: openFile,
      async start(given) {
        settings = given as WorkerSettings;
        engine = await importEngine(settings.device);
        await engine.checkDevice(settings.device);
        return engine.version;
      },
      computesInt8: () => settings.device === "cpu",
      async prepare(model, context) {
        const isInt8 = context.precision === "int8";
        const products = isInt8 ? [quantize(context)] : [];
        const stored = settings.device === "cpu" && context.weights === "stored";
        const lowered = runPasses(model, [
          ...lowerings[settings.device](products),
          ...(stored ? readWeightsAtUse : []),
        ]).model;
        const cache = settings.device === "cpu" && !stored && settings.cache;
        const prepared = await prepare(lowered, {
          ...context,
          ...(isInt8 && { label: `${context.label} (int8)` }),
          cache,
          version: engine.version,
        });
        return {
          model: prepared ?? lowered,
          load: (final) =>
            engine.loadNative(
              final,
              engine.sessionOptions(final, settings, {
                prepared: prepared !== undefined,
                // The part that is computed once a prompt is in float32, and not worth it.
                packs: isInt8 && isQuantized(final),
                stored,
              }),
            ),
        };
      },
    },
    {
      post: (response, transfer) => port.postMessage(response, transfer),
      listen: (receive) => port.on("message", receive),
    },
  );
}

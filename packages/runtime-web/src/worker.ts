// The entry of the worker that holds the sessions. It runs one operation at a time: ONNX Runtime computes in this thread,
// and for WebGPU it yields in the middle of a run, which no other run may interrupt.
import { blobSource } from "@sunstep/files";
import { type Model, runPasses } from "@sunstep/onnx-graph";
import { probe, serveSessions } from "@sunstep/runtime/worker";
import { env, Tensor } from "onnxruntime-web/webgpu";
import { openBlob } from "./blob-source.js";
import { loweringFor } from "./lowering.js";
import { ortTensors } from "./ort-tensors.js";
import { prepareForWasm } from "./prepare-for-wasm.js";
import { loadSession, type SessionSettings } from "./web-session.js";
import type { WorkerSettings } from "./worker-settings.js";

let sessionSettings: SessionSettings = { device: "wasm", float16: false };

/** Runs once, so that ONNX Runtime's own folding would only need more memory. */
const loadPart = (part: Model) => loadSession(part, sessionSettings, { graphOptimizationLevel: "disabled" });

serveSessions(
  {
    tensors: ortTensors(Tensor),
    open: openBlob,
    async start(given) {
      const settings = given as WorkerSettings;
      sessionSettings = settings;
      Object.assign(env.wasm, { numThreads: settings.threads, wasmPaths: settings.wasmFiles });
      await (await loadSession(probe(), settings)).release();
      return env.versions.web ?? env.versions.common;
    },
    computesInt8: () => sessionSettings.device === "wasm",
    async prepare(model, context) {
      const settings = sessionSettings;
      const lowered =
        settings.device === "wasm"
          ? await prepareForWasm(model, context, loadPart, (parts) => blobSource(new Blob([...parts])))
          : runPasses(model, loweringFor(settings, context)).model;
      return { model: lowered, load: (final) => loadSession(final, settings) };
    },
  },
  {
    post: (response, transfer) => postMessage(response, { transfer }),
    listen: (receive) => addEventListener("message", ({ data }) => receive(data)),
  },
  { oneByOne: true },
);

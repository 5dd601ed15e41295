// The entry of the worker that holds the sessions. It runs one operation at a time: ONNX Runtime computes in this thread,
// and for WebGPU it yields in the middle of a run, which no other run may interrupt.
import { runPasses } from "@sunstep/onnx-graph";
import { probe, serveSessions } from "@sunstep/runtime/worker";
import { env, Tensor } from "onnxruntime-web/webgpu";
import { openBlob } from "./blob-source.js";
import { loweringFor } from "./lowering.js";
import { checkWeights } from "./ort-session.js";
import { ortTensors } from "./ort-tensors.js";
import { loadSession, type SessionSettings } from "./web-session.js";
import type { WorkerSettings } from "./worker-settings.js";

let sessionSettings: SessionSettings = { device: "wasm", float16: false };

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
      if (sessionSettings.device === "wasm") checkWeights(model, context.label);
      return {
        model: runPasses(model, loweringFor(sessionSettings, context)).model,
        load: (final) => loadSession(final, sessionSettings),
      };
    },
  },
  {
    post: (response, transfer) => postMessage(response, { transfer }),
    listen: (receive) => addEventListener("message", ({ data }) => receive(data)),
  },
  { oneByOne: true },
);

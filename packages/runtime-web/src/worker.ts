// The worker that holds the sessions. It does one thing after the other: ONNX Runtime computes in the calling thread,
// and ONNX Runtime for WebGPU waits in the middle of a run, where another must not come in between.
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
    async prepare(model, { label }) {
      if (sessionSettings.device === "wasm") checkWeights(model, label);
      return {
        model: runPasses(model, loweringFor(sessionSettings)).model,
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

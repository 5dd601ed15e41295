// The entry of the thread that holds the sessions. It runs one operation at a time: ONNX Runtime computes in this thread.
import { parentPort } from "node:worker_threads";
import type { Model } from "@sunstep/onnx-graph";
import { openFile } from "@sunstep/runtime/node";
import { type LocalSession, probe, serveSessions } from "@sunstep/runtime/worker";
import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { loadOrtSession } from "../ort-session.js";
import { ortTensors } from "../ort-tensors.js";
import { prepareForWasm } from "../prepare-for-wasm.js";
import { MemoryWeights } from "./memory-weights.js";
import { OpenFiles } from "./open-files.js";
import type { WasmSettings } from "./wasm-settings.js";

const port = parentPort!;
const memory = new MemoryWeights();

async function load(
  model: Model,
  options: InferenceSession.SessionOptions = {},
): Promise<LocalSession<Tensor>> {
  const files = new OpenFiles();
  try {
    return await loadOrtSession(
      InferenceSession.create.bind(InferenceSession),
      model,
      (source) => memory.bytesOf(source) ?? files.bytesOf(source),
      { executionProviders: ["wasm"], ...options },
    );
  } finally {
    files.close();
  }
}

serveSessions(
  {
    tensors: ortTensors(Tensor),
    open: openFile,
    async start(settings) {
      env.wasm.numThreads = (settings as WasmSettings).threads;
      // From source, onnxruntime-web finds its own files; a build puts them beside this one.
      if (!import.meta.url.endsWith(".ts")) {
        env.wasm.wasmPaths = {
          mjs: new URL("./ort-wasm-simd-threaded.mjs", import.meta.url),
          wasm: new URL("./ort-wasm-simd-threaded.wasm", import.meta.url),
        };
      }
      await (await load(probe())).release();
      return env.versions.web ?? env.versions.common;
    },
    computesInt8: () => true,
    async prepare(model, context) {
      const loadPart = (part: Model) => load(part, { graphOptimizationLevel: "disabled" });
      return { model: await prepareForWasm(model, context, loadPart, memory.store), load };
    },
  },
  {
    post: (response, transfer) => port.postMessage(response, transfer),
    listen: (receive) => port.on("message", receive),
  },
  { oneByOne: true },
);

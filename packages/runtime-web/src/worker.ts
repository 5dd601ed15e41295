// The worker that holds the sessions. It does one thing after the other: ONNX Runtime computes in the calling thread.
import { type Model, runPasses } from "@sunstep/onnx-graph";
import { runtimeError } from "@sunstep/runtime";
import type { Tensor } from "@sunstep/tensor";
import { env, type InferenceSession } from "onnxruntime-web/webgpu";
import { checkDevice } from "./check-device.js";
import { lowerings } from "./lowering.js";
import type { AnswerOf, CallName, FromWorker, RequestOf, ToWorker, WorkerSettings } from "./messages.js";
import { toPortableError } from "./portable-error.js";
import { fromPortable, toPortable } from "./portable-model.js";
import { loadSession, type WebSession } from "./web-session.js";

type Handler<K extends CallName> = (request: RequestOf<K>) => Promise<AnswerOf<K>>;

const waiting = new Map<number, Model>();
const sessions = new Map<number, WebSession>();
const keptTensors = new Map<number, Tensor>();
let device: WorkerSettings["device"] = "wasm";
let numbers = 0;

const handlers: { readonly [K in CallName]: Handler<K> } = {
  async start({ settings }) {
    device = settings.device;
    Object.assign(env.wasm, { numThreads: settings.threads, wasmPaths: settings.wasmFiles });
    await checkDevice(sessionOptions());
    return { version: env.versions.web ?? env.versions.common };
  },
  async prepare({ model, wanted }) {
    const lowered = runPasses(await fromPortable(model), lowerings[device]).model;
    const handle = numbers++;
    waiting.set(handle, lowered);
    return { handle, ...(wanted && { model: toPortable(lowered) }) };
  },
  async create({ handle, model }) {
    const original = waiting.get(handle)!;
    waiting.delete(handle);
    const loaded = await loadSession(model ? await fromPortable(model) : original, sessionOptions());
    const session = numbers++;
    sessions.set(session, loaded);
    return { session, inputs: loaded.inputs, outputs: loaded.outputs };
  },
  async run({ session, feeds, keep }) {
    const loaded = sessions.get(session);
    if (!loaded) throw runtimeError("SESSION_DISPOSED", "the session was disposed of");
    const given = Object.entries(feeds).map(([name, feed]) => [
      name,
      "id" in feed ? keptTensor(feed.id) : feed,
    ]);
    const results = Object.entries(await loaded.run(Object.fromEntries(given)));
    const stays = ([name]: [string, Tensor]) => keep.includes(name);
    const kept = results.filter(stays).map(([name, result]) => {
      const { dtype, shape } = result;
      return [name, { id: keepTensor(result), dtype, shape }];
    });
    return {
      outputs: Object.fromEntries(results.filter((result) => !stays(result))),
      kept: Object.fromEntries(kept),
    };
  },
  async keep({ tensor }) {
    return { id: keepTensor(tensor) };
  },
  async read({ id }) {
    return { tensor: keptTensor(id) };
  },
  async free({ id }) {
    keptTensors.delete(id);
    return {};
  },
  async release({ session }) {
    const loaded = sessions.get(session);
    sessions.delete(session);
    await loaded?.release();
    return {};
  },
  async forget({ handle }) {
    waiting.delete(handle);
    return {};
  },
};

function keepTensor(tensor: Tensor): number {
  const id = numbers++;
  keptTensors.set(id, tensor);
  return id;
}

function keptTensor(id: number): Tensor {
  const tensor = keptTensors.get(id);
  if (!tensor) throw runtimeError("TENSOR_RELEASED", "the kept tensor was released");
  return tensor;
}

function sessionOptions(): InferenceSession.SessionOptions {
  return {
    executionProviders: device === "webgpu" ? ["webgpu", "wasm"] : ["wasm"],
    graphOptimizationLevel: "all",
  };
}

async function handle({ id, call, request }: ToWorker): Promise<void> {
  try {
    const handler = handlers[call] as Handler<CallName>;
    const answer = await handler(request);
    send({ type: "answer", id, answer }, buffersOf(answer));
  } catch (error) {
    const code =
      ({ start: "DEVICE_UNAVAILABLE", run: "RUN_FAILED" } as const)[call as "run"] ?? "MODEL_REJECTED";
    send({ type: "failure", id, error: toPortableError(error, code, request.label) });
  }
}

function send(message: FromWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

/** Results and models leave without a copy. */
function buffersOf(answer: AnswerOf<CallName>): Transferable[] {
  if ("kept" in answer)
    return [...new Set(Object.values(answer.outputs).map(({ data }) => data.buffer as ArrayBuffer))];
  return "model" in answer && answer.model ? [answer.model.onnx.buffer as ArrayBuffer] : [];
}

/** ONNX Runtime for WebGPU waits in the middle of a run, and another must not come in between. */
let queue: Promise<void> = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  queue = queue.then(() => handle(data));
});

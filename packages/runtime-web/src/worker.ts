// The worker that holds the sessions. It does one thing after the other: ONNX Runtime computes in the calling thread.
import { type Model, runPasses } from "@sunstep/onnx-graph";
import { type RuntimeErrorCode, runtimeError } from "@sunstep/runtime";
import type { DataType } from "@sunstep/tensor";
import { env, type Tensor as OrtTensor } from "onnxruntime-web/webgpu";
import { lowerings } from "./lowering.js";
import type { AnswerOf, CallName, FromWorker, RequestOf, ToWorker } from "./messages.js";
import { fromOrt, toOrt } from "./ort-tensor.js";
import { toPortableError } from "./portable-error.js";
import { fromPortable, toPortable } from "./portable-model.js";
import { probe } from "./probe.js";
import { loadSession, type SessionSettings, type WebSession } from "./web-session.js";

type Handler<K extends CallName> = (request: RequestOf<K>) => Promise<AnswerOf<K>>;

const waiting = new Map<number, Model>();
const sessions = new Map<number, WebSession>();
const keptTensors = new Map<number, OrtTensor>();
let sessionSettings: SessionSettings = { device: "wasm", float16: false };
let numbers = 0;

const handlers: { readonly [K in CallName]: Handler<K> } = {
  async start({ settings }) {
    sessionSettings = settings;
    Object.assign(env.wasm, { numThreads: settings.threads, wasmPaths: settings.wasmFiles });
    await (await loadSession(probe(), settings)).release();
    return { version: env.versions.web ?? env.versions.common };
  },
  async prepare({ model, wanted }) {
    const lowered = runPasses(await fromPortable(model), lowerings[sessionSettings.device]).model;
    const handle = numbers++;
    waiting.set(handle, lowered);
    return { handle, ...(wanted && { model: toPortable(lowered) }) };
  },
  async create({ handle, model }) {
    const original = waiting.get(handle)!;
    waiting.delete(handle);
    const loaded = await loadSession(model ? await fromPortable(model) : original, sessionSettings);
    const session = numbers++;
    sessions.set(session, loaded);
    return { session, inputs: loaded.inputs, outputs: loaded.outputs };
  },
  async run({ session, feeds, keep }) {
    const loaded = sessions.get(session);
    if (!loaded) throw runtimeError("SESSION_DISPOSED", "the session was disposed of");
    const given = Object.entries(feeds).map(
      ([name, feed]) => [name, "id" in feed ? keptTensor(feed.id) : toOrt(feed)] as const,
    );
    const results = await loaded.run(Object.fromEntries(given));
    const answer: AnswerOf<"run"> = { outputs: {}, kept: {} };
    for (const { name } of loaded.outputs) {
      const result = results[name]!;
      if (keep.includes(name)) {
        answer.kept[name] = {
          id: keepTensor(result),
          dtype: result.type as DataType,
          shape: [...result.dims],
        };
      } else {
        answer.outputs[name] = await fromOrt(result);
        result.dispose();
      }
    }
    return answer;
  },
  async keep({ tensor }) {
    return { id: keepTensor(toOrt(tensor)) };
  },
  async read({ id }) {
    return { tensor: await fromOrt(keptTensor(id)) };
  },
  async free({ id }) {
    keptTensors.get(id)?.dispose();
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

function keepTensor(tensor: OrtTensor): number {
  const id = numbers++;
  keptTensors.set(id, tensor);
  return id;
}

function keptTensor(id: number): OrtTensor {
  const tensor = keptTensors.get(id);
  if (!tensor) throw runtimeError("TENSOR_RELEASED", "the kept tensor was released");
  return tensor;
}

/** The code of an error of ONNX Runtime's, by what was asked of it. */
const failures: Readonly<Partial<Record<CallName, RuntimeErrorCode>>> = {
  start: "DEVICE_UNAVAILABLE",
  run: "RUN_FAILED",
  read: "RUN_FAILED",
};

async function handle({ id, call, request }: ToWorker): Promise<void> {
  try {
    const handler = handlers[call] as Handler<CallName>;
    const answer = await handler(request);
    send({ type: "answer", id, answer }, buffersOf(answer));
  } catch (error) {
    const code = failures[call] ?? "MODEL_REJECTED";
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

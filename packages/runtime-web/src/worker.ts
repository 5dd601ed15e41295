// The worker that holds the sessions. It does one thing after the other: ONNX Runtime computes in the calling thread.
import { type Model, runPasses } from "@sunstep/onnx-graph";
import type { RuntimeErrorCode } from "@sunstep/runtime";
import { SessionHost, toPortableError } from "@sunstep/runtime/worker";
import { env } from "onnxruntime-web/webgpu";
import { lowerings } from "./lowering.js";
import type { AnswerOf, CallName, FromWorker, RequestOf, ToWorker } from "./messages.js";
import { ortTensors } from "./ort-tensors.js";
import { fromPortable, toPortable } from "./portable-model.js";
import { probe } from "./probe.js";
import { loadSession, type SessionSettings } from "./web-session.js";

type Handler<K extends CallName> = (request: RequestOf<K>) => Promise<AnswerOf<K>>;

const waiting = new Map<number, Model>();
const host = new SessionHost(ortTensors);
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
    return host.add(await loadSession(model ? await fromPortable(model) : original, sessionSettings));
  },
  ...host.handlers,
  async forget({ handle }) {
    waiting.delete(handle);
    return {};
  },
};

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

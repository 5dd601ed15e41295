// The thread that holds the sessions. It does one thing after the other: ONNX Runtime computes in the calling thread.
import { createRequire } from "node:module";
import { parentPort, type TransferListItem, workerData } from "node:worker_threads";
import { type Model, runPasses } from "@sunstep/onnx-graph";
import type { LoadEvent } from "@sunstep/runtime";
import { SessionHost, toPortableError } from "@sunstep/runtime/worker";
import type { Tensor } from "@sunstep/tensor";
import type { InferenceSession } from "onnxruntime-node";
import { checkDevice } from "./check-device.js";
import { executionProviders } from "./devices.js";
import { lowerings } from "./lowering.js";
import type { AnswerOf, CallName, FromWorker, RequestOf, ToWorker, WorkerSettings } from "./messages.js";
import { loadNative } from "./native-session.js";
import { physicalCores } from "./physical-cores.js";
import { fromPortable, toPortable } from "./portable-model.js";
import { prepare } from "./prepared/prepare.js";

interface Waiting {
  readonly model: Model;
  readonly prepared: boolean;
}

type Handler<K extends CallName> = (
  request: RequestOf<K>,
  emit: (event: LoadEvent) => void,
) => Promise<AnswerOf<K>>;

const settings = workerData as WorkerSettings;
const port = parentPort!;
const waiting = new Map<number, Waiting>();
/** A tensor is the engine's own, and nothing of it is kept elsewhere. */
const host = new SessionHost<Tensor>({
  from: (tensor) => tensor,
  read: async (tensor) => tensor,
  typeOf: ({ dtype, shape }) => ({ dtype, shape }),
  free: () => undefined,
});
const preparations = new Map<number, { abort: AbortController; ended: Promise<unknown> }>();
const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
let numbers = 0;

const handlers: { readonly [K in CallName]: Handler<K> } = {
  async prepare({ model, label, wanted, ticket }, emit) {
    const lowered = runPasses(await fromPortable(model), lowerings[settings.device]).model;
    const cache = settings.device === "cpu" && settings.cache;
    const abort = new AbortController();
    const ended = prepare(lowered, { cache, label, version, signal: abort.signal, emit });
    preparations.set(ticket, { abort, ended });
    const prepared = await ended.finally(() => preparations.delete(ticket));
    const handle = numbers++;
    waiting.set(handle, { model: prepared ?? lowered, prepared: prepared !== undefined });
    return { handle, ...(wanted && { model: toPortable(prepared ?? lowered) }) };
  },
  async create({ handle, model }) {
    const { model: original, prepared } = waiting.get(handle)!;
    waiting.delete(handle);
    const final = model ? await fromPortable(model) : original;
    return host.add(await loadNative(final, sessionOptions(prepared)));
  },
  ...host.handlers,
  async forget({ handle }) {
    waiting.delete(handle);
    return {};
  },
  async cancel({ ticket }) {
    const chosen = [...preparations].filter(([number]) => ticket === undefined || ticket === number);
    for (const [, { abort }] of chosen) abort.abort();
    await Promise.allSettled(chosen.map(([, { ended }]) => ended));
    return {};
  },
};

/**
 * Every session has threads of its own. Told how many, ONNX Runtime does not tie them to cores, and they stop waiting
 * for work when a run ends: otherwise those of one session take the cores from the next one's, at twice the time.
 */
function sessionOptions(prepared: boolean): InferenceSession.SessionOptions {
  const threads = settings.threads ?? physicalCores();
  return {
    executionProviders: executionProviders(settings.device),
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

async function handle({ id, call, request }: ToWorker): Promise<void> {
  const emit = (event: LoadEvent) => send({ type: "event", id, event });
  try {
    const handler = handlers[call] as Handler<CallName>;
    const answer = await handler(request, emit);
    send({ type: "answer", id, answer }, buffersOf(answer));
  } catch (error) {
    const code = call === "run" ? "RUN_FAILED" : "MODEL_REJECTED";
    send({ type: "failure", id, error: toPortableError(error, code, request.label) });
  }
}

function send(message: FromWorker, transfer: TransferListItem[] = []): void {
  port.postMessage(message, transfer);
}

/** Results and models leave without a copy. */
function buffersOf(answer: AnswerOf<CallName>): TransferListItem[] {
  if ("kept" in answer) {
    return [...new Set(Object.values(answer.outputs).map(({ data }) => data.buffer as ArrayBuffer))];
  }
  return "model" in answer && answer.model ? [answer.model.onnx.buffer as ArrayBuffer] : [];
}

try {
  await checkDevice(settings.device);
  port.on("message", (message: ToWorker) => void handle(message));
  send({ type: "ready", version });
} catch (error) {
  send({ type: "failure", id: -1, error: toPortableError(error, "DEVICE_UNAVAILABLE", settings.device) });
  port.close();
}

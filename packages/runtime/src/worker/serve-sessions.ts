import type { Model } from "@sunstep/onnx-graph";
import type { RuntimeErrorCode } from "../errors.js";
import type { LoadEvent } from "../runtime.js";
import type { AnswerOf, CallName, Calls, Order, Reply, RequestOf } from "./calls.js";
import { toPortableError } from "./portable-error.js";
import { fromPortable, type OpenSource, toPortable } from "./portable-model.js";
import { type LocalSession, type NativeTensors, SessionHost } from "./session-host.js";

/** What tells one backend with a worker from another, on the worker's side. `T` is the engine's own tensor. */
export interface WorkerEngine<T> {
  readonly tensors: NativeTensors<T>;
  readonly open: OpenSource;
  /** Takes the settings that the host's side sent, and tries the device. Returns the engine's version. */
  start(settings: unknown): Promise<string>;
  /** Lowers a model, and does with it what is done once for all sessions of its weights. */
  prepare(model: Model, context: PrepareContext): Promise<PreparedModel<T>>;
}

export interface PrepareContext {
  /** Names the model in messages. */
  readonly label: string;
  readonly signal: AbortSignal;
  emit(event: LoadEvent): void;
}

/** A model on its way to a session: it may be changed before it is loaded. */
export interface PreparedModel<T> {
  readonly model: Model;
  load(model: Model): Promise<LocalSession<T>>;
}

/** The host, seen from the worker. */
export interface HostPort {
  post(reply: Reply, transfer: ArrayBuffer[]): void;
  listen(receive: (order: Order) => void): void;
}

export interface ServeOptions {
  /** A call is begun when the one before has ended: for engines that wait in the middle of a run. */
  readonly oneByOne?: boolean;
}

/** The code of an engine's error, by what was asked of it. */
const failures: Readonly<Partial<Record<CallName, RuntimeErrorCode>>> = {
  start: "DEVICE_UNAVAILABLE",
  run: "RUN_FAILED",
  read: "RUN_FAILED",
};

type Handlers = {
  readonly [K in CallName]: (
    request: RequestOf<K>,
    emit: (event: LoadEvent) => void,
  ) => Promise<ReturnType<Calls[K]>>;
};

/** The worker's side of a `startWorkerRuntime`: holds the sessions and answers the host's calls. */
export function serveSessions<T>(
  engine: WorkerEngine<T>,
  port: HostPort,
  { oneByOne = false }: ServeOptions = {},
): void {
  const handlers = handlersOf(engine);

  async function answer({ id, call, request }: Order): Promise<void> {
    const emit = (event: LoadEvent) => port.post({ type: "event", id, event }, []);
    try {
      const handle = handlers[call] as (
        given: typeof request,
        emit: PrepareContext["emit"],
      ) => Promise<unknown>;
      const result = (await handle(request, emit)) as AnswerOf<CallName>;
      port.post({ type: "answer", id, answer: result }, buffersOf(result));
    } catch (error) {
      const code = failures[call] ?? "MODEL_REJECTED";
      port.post({ type: "failure", id, error: toPortableError(error, code, request.label) }, []);
    }
  }

  let queue: Promise<void> = Promise.resolve();
  port.listen((order) => {
    if (oneByOne) queue = queue.then(() => answer(order));
    else void answer(order);
  });
}

function handlersOf<T>(engine: WorkerEngine<T>): Handlers {
  const host = new SessionHost(engine.tensors);
  const waiting = new Map<number, PreparedModel<T>>();
  const preparations = new Map<number, { abort: AbortController; ended: Promise<unknown> }>();
  let numbers = 0;
  return {
    ...host.handlers,
    start: async ({ settings }) => ({ version: await engine.start(settings) }),
    async prepare({ model, label, wanted, ticket }, emit) {
      const opened = await fromPortable(model, engine.open);
      const abort = new AbortController();
      const ended = engine.prepare(opened, { label, signal: abort.signal, emit });
      preparations.set(ticket, { abort, ended });
      const prepared = await ended.finally(() => preparations.delete(ticket));
      const handle = numbers++;
      waiting.set(handle, prepared);
      return { handle, ...(wanted && { model: toPortable(prepared.model) }) };
    },
    async create({ label, handle, models }) {
      const prepared = waiting.get(handle)!;
      waiting.delete(handle);
      const sessions: ReturnType<typeof host.add>[] = [];
      try {
        for (const model of models ?? [undefined])
          sessions.push(
            host.add(await prepared.load(model ? await fromPortable(model, engine.open) : prepared.model)),
          );
      } catch (error) {
        for (const { session } of sessions) await host.handlers.release({ label, session });
        throw error;
      }
      return { sessions };
    },
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
}

/** Results and models leave without a copy. */
function buffersOf(answer: AnswerOf<CallName>): ArrayBuffer[] {
  if ("kept" in answer)
    return [...new Set(Object.values(answer.outputs).map(({ data }) => data.buffer as ArrayBuffer))];
  return "model" in answer && answer.model ? [answer.model.onnx.buffer as ArrayBuffer] : [];
}

import { type TransferListItem, Worker } from "node:worker_threads";
import { type LoadEvent, runtimeError } from "@sunstep/runtime";
import { fromPortableError, type SessionLink } from "@sunstep/runtime/worker";
import { entry } from "./entry.js";
import type { AnswerOf, CallName, FromWorker, RequestOf, WorkerSettings } from "./messages.js";

interface Pending {
  readonly resolve: (answer: AnswerOf<CallName>) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: ((event: LoadEvent) => void) | undefined;
}

export interface CallOptions {
  readonly transfer?: readonly TransferListItem[];
  readonly onEvent?: ((event: LoadEvent) => void) | undefined;
}

/** A worker thread and the calls under way in it. It keeps the process alive only while there are any. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #death: Error | undefined;

  /** The calls about sessions and kept tensors. */
  readonly sessions: SessionLink = this.#sessionLink();

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** @throws DEVICE_UNAVAILABLE */
  static start(settings: WorkerSettings): Promise<{ client: WorkerClient; version: string }> {
    const { module, argv, env } = entry("worker");
    const worker = new Worker(module, {
      workerData: settings,
      argv: [...argv],
      env: { ...process.env, ...env },
      name: "sunstep",
    });
    const client = new WorkerClient(worker);
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        client.#die(error);
        reject(error);
      };
      worker.on("error", (cause) => fail(died(cause)));
      worker.on("exit", (code) => fail(died(new Error(`exit code ${code}`))));
      worker.on("message", (message: FromWorker) => {
        if (message.type === "ready") {
          worker.unref();
          resolve({ client, version: message.version });
        } else if (message.id === -1 && message.type === "failure") {
          fail(fromPortableError(message.error));
        } else {
          client.#receive(message);
        }
      });
    });
  }

  /** Why the worker takes no more calls, if so. */
  get death(): Error | undefined {
    return this.#death;
  }

  async call<K extends CallName>(
    call: K,
    request: RequestOf<K>,
    { transfer = [], onEvent }: CallOptions = {},
  ): Promise<AnswerOf<K>> {
    if (this.#death) throw this.#death;
    const id = ++this.#lastId;
    const answer = new Promise<AnswerOf<CallName>>((resolve, reject) => {
      this.#worker.postMessage({ id, call, request }, transfer);
      this.#pending.set(id, { resolve, reject, onEvent });
    });
    this.#worker.ref();
    return (await answer) as AnswerOf<K>;
  }

  async terminate(reason: Error): Promise<void> {
    this.#die(reason);
    // Else the process may end, with code 13, before this is awaited.
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #sessionLink(): SessionLink {
    const death = () => this.#death;
    return {
      run: (request) => this.call("run", request),
      keep: (request) => this.call("keep", request),
      read: (request) => this.call("read", request),
      free: (request) => this.call("free", request),
      release: (request) => this.call("release", request),
      get death() {
        return death();
      },
    };
  }

  #receive(message: Exclude<FromWorker, { type: "ready" }>): void {
    const pending = this.#pending.get(message.id);
    if (message.type === "event") {
      pending?.onEvent?.(message.event);
      return;
    }
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (message.type === "answer") pending?.resolve(message.answer);
    else pending?.reject(fromPortableError(message.error));
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#death);
    this.#pending.clear();
  }
}

function died(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return runtimeError(
    "WORKER_DIED",
    `the thread that holds the sessions ended (${reason}): its sessions are lost, load them again`,
    { cause },
  );
}

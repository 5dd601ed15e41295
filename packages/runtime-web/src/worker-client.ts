import { runtimeError } from "@sunstep/runtime";
import { fromPortableError, type SessionLink } from "@sunstep/runtime/worker";
import type { AnswerOf, CallName, FromWorker, RequestOf, WorkerSettings } from "./messages.js";

interface Pending {
  readonly resolve: (answer: AnswerOf<CallName>) => void;
  readonly reject: (error: Error) => void;
}

/** A worker and the calls under way in it. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #death: Error | undefined;

  /** The calls about sessions and kept tensors. */
  readonly sessions: SessionLink = this.#sessionLink();

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#die(died(event.message || "its script could not be loaded"));
      worker.terminate();
    });
  }

  /** @throws DEVICE_UNAVAILABLE, WORKER_DIED */
  static async start(settings: WorkerSettings): Promise<{ client: WorkerClient; version: string }> {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "sunstep" });
    const client = new WorkerClient(worker);
    try {
      const { version } = await client.call("start", { settings, label: settings.device });
      return { client, version };
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** Why the worker takes no more calls, if so. */
  get death(): Error | undefined {
    return this.#death;
  }

  async call<K extends CallName>(
    call: K,
    request: RequestOf<K>,
    transfer: readonly Transferable[] = [],
  ): Promise<AnswerOf<K>> {
    if (this.#death) throw this.#death;
    const id = ++this.#lastId;
    const answer = new Promise<AnswerOf<CallName>>((resolve, reject) => {
      this.#worker.postMessage({ id, call, request }, [...transfer]);
      this.#pending.set(id, { resolve, reject });
    });
    return (await answer) as AnswerOf<K>;
  }

  terminate(reason: Error): void {
    this.#die(reason);
    this.#worker.terminate();
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

  #receive(message: FromWorker): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === "answer") pending?.resolve(message.answer);
    else pending?.reject(fromPortableError(message.error));
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#death);
    this.#pending.clear();
  }
}

function died(reason: string): Error {
  return runtimeError(
    "WORKER_DIED",
    `the worker that holds the sessions ended (${reason}): its sessions are lost, load them again`,
  );
}

import { runtimeError } from "../errors.js";
import type { LoadEvent } from "../runtime.js";
import type { AnswerOf, CallName, Order, Reply, RequestOf, SessionLink } from "./calls.js";
import { fromPortableError } from "./portable-error.js";

/** A worker of either kind, seen from the host. */
export interface WorkerPort {
  post(order: Order, transfer: readonly ArrayBuffer[]): void;
  /** `die` is told when the worker ends by itself, or cannot begin. */
  listen(receive: (reply: Reply) => void, die: (cause: Error) => void): void;
  /** Whether calls are under way: a worker without any need not keep a process alive. */
  setBusy(busy: boolean): void;
  terminate(): Promise<void>;
}

export interface CallOptions {
  readonly transfer?: readonly ArrayBuffer[];
  readonly onEvent?: ((event: LoadEvent) => void) | undefined;
}

interface Pending {
  readonly resolve: (answer: AnswerOf<CallName>) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: CallOptions["onEvent"];
}

/** A worker and the calls under way in it. */
export class WorkerClient {
  readonly #port: WorkerPort;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #death: Error | undefined;

  /** The calls about sessions and kept tensors. */
  readonly sessions: SessionLink = this.#sessionLink();

  private constructor(port: WorkerPort) {
    this.#port = port;
    port.listen(
      (reply) => this.#receive(reply),
      (cause) => this.#die(died(cause)),
    );
  }

  /**
   * Sets a worker up; `label` names what it is for in messages.
   * @throws DEVICE_UNAVAILABLE, WORKER_DIED
   */
  static async start(
    port: WorkerPort,
    settings: unknown,
    label: string,
  ): Promise<{ client: WorkerClient; version: string }> {
    const client = new WorkerClient(port);
    try {
      return { client, ...(await client.call("start", { settings, label })) };
    } catch (error) {
      await port.terminate();
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
    { transfer = [], onEvent }: CallOptions = {},
  ): Promise<AnswerOf<K>> {
    if (this.#death) throw this.#death;
    const id = ++this.#lastId;
    const answer = new Promise<AnswerOf<CallName>>((resolve, reject) => {
      this.#port.post({ id, call, request } as Order, transfer);
      this.#pending.set(id, { resolve, reject, onEvent });
      this.#port.setBusy(true);
    });
    return (await answer) as AnswerOf<K>;
  }

  async terminate(reason: Error): Promise<void> {
    this.#die(reason);
    await this.#port.terminate();
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

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    // Nobody waits for what comes after the end, and a worker that is being ended stays busy until it has ended.
    if (!pending) return;
    if (reply.type === "event") {
      pending.onEvent?.(reply.event);
      return;
    }
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#port.setBusy(false);
    if (reply.type === "answer") pending.resolve(reply.answer);
    else pending.reject(fromPortableError(reply.error));
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#death);
    this.#pending.clear();
  }
}

function died(cause: Error): Error {
  return runtimeError(
    "WORKER_DIED",
    `the worker that holds the sessions ended (${cause.message}): its sessions are lost, load them again`,
    { cause },
  );
}

import { SunstepError } from "@sunstep/errors";
import { runtimeError } from "../errors.js";
import type { LoadEvent } from "../runtime.js";
import { untilAborted } from "../until-aborted.js";
import { fromPortableError } from "./portable-error.js";
import type { OperationName, Request, RequestOf, Response, ResultOf } from "./protocol.js";

/** A worker of Node or of a browser, seen from the host. */
export interface WorkerPort {
  post(request: Request, transfer: readonly ArrayBuffer[]): void;
  /** `close` is called when the worker ends by itself or cannot start. */
  listen(receive: (response: Response) => void, close: (cause: Error) => void): void;
  /** Tells whether requests are pending: an idle worker need not keep a process alive. */
  setBusy(busy: boolean): void;
  terminate(): Promise<void>;
}

export interface CallOptions {
  readonly transfer?: readonly ArrayBuffer[];
  readonly onEvent?: ((event: LoadEvent) => void) | undefined;
}

export interface CancellableCallOptions<Result> extends CallOptions {
  readonly signal: AbortSignal;
  /** Names the operation in the ABORTED error. */
  readonly task: string;
  /** Undoes a result that arrives after the abort. */
  discard(result: Result): unknown;
}

interface Pending {
  readonly resolve: (result: ResultOf<OperationName>) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: CallOptions["onEvent"];
}

/** A worker and its pending requests. */
export class WorkerClient {
  readonly #port: WorkerPort;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #closed: Error | undefined;

  private constructor(port: WorkerPort) {
    this.#port = port;
    port.listen(
      (response) => this.#receive(response),
      (cause) => this.#close(workerDied(cause)),
    );
  }

  /**
   * Starts a worker; `label` names its purpose in messages.
   * @throws DEVICE_UNAVAILABLE
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
      throw SunstepError.isInstance(error, "WORKER_DIED") ? cannotStart(error.cause) : error;
    }
  }

  /** The reason why the worker takes no more requests. */
  get closed(): Error | undefined {
    return this.#closed;
  }

  async call<K extends OperationName>(
    operation: K,
    parameters: RequestOf<K>,
    options?: CallOptions,
  ): Promise<ResultOf<K>> {
    return this.#request(operation, parameters, options).result;
  }

  /** As `call`; an abort rejects at once and abandons the operation in the worker. */
  async callCancellable<K extends OperationName>(
    operation: K,
    parameters: RequestOf<K>,
    { signal, task, discard, ...options }: CancellableCallOptions<ResultOf<K>>,
  ): Promise<ResultOf<K>> {
    const { id, result } = this.#request(operation, parameters, options);
    const cancel = () =>
      void this.call("cancel", { label: parameters.label, request: id }).catch(() => undefined);
    signal.addEventListener("abort", cancel, { once: true });
    try {
      return await untilAborted(result, signal, task, discard);
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  async terminate(reason: Error): Promise<void> {
    this.#close(reason);
    await this.#port.terminate();
  }

  #request<K extends OperationName>(
    operation: K,
    parameters: RequestOf<K>,
    { transfer = [], onEvent }: CallOptions = {},
  ): { readonly id: number; readonly result: Promise<ResultOf<K>> } {
    if (this.#closed) throw this.#closed;
    const id = ++this.#lastId;
    const result = new Promise<ResultOf<OperationName>>((resolve, reject) => {
      this.#port.post({ id, operation, parameters } as Request, transfer);
      this.#pending.set(id, { resolve, reject, onEvent });
      this.#port.setBusy(true);
    });
    return { id, result: result as Promise<ResultOf<K>> };
  }

  #receive(response: Response): void {
    const pending = this.#pending.get(response.id);
    // Responses after the end have no receiver, and a worker that is being terminated stays busy until it has ended.
    if (!pending) return;
    if (response.type === "event") {
      pending.onEvent?.(response.event);
      return;
    }
    this.#pending.delete(response.id);
    if (this.#pending.size === 0) this.#port.setBusy(false);
    if (response.type === "result") pending.resolve(response.result);
    else pending.reject(fromPortableError(response.error));
  }

  #close(reason: Error): void {
    this.#closed ??= reason;
    for (const { reject } of this.#pending.values()) reject(this.#closed);
    this.#pending.clear();
  }
}

function workerDied(cause: Error): Error {
  return runtimeError(
    "WORKER_DIED",
    `the worker that holds the sessions ended (${cause.message}); the next run starts it again`,
    { cause },
  );
}

function cannotStart(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return runtimeError(
    "DEVICE_UNAVAILABLE",
    `the worker that would hold the sessions cannot start: ${reason}`,
    {
      cause,
    },
  );
}

// Method calls over a message port with events, AbortSignals and error codes, which comlink does not carry; calls reject
// when the other side dies.

import { SunstepError } from "@sunstep/errors";
import { type ErrorReport, reportOf } from "../state/problem.js";

/** The second argument of a served method. */
export interface CallContext<Event> {
  readonly signal: AbortSignal;
  emit(event: Event): void;
}

/** Methods of any argument and event: every parameter type accepts `never`. */
export type Methods = Readonly<
  Record<string, (argument: never, context: CallContext<never>) => Promise<unknown>>
>;

export interface CallOptions<Event> {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: Event) => void;
}

/** The served methods as the caller sees them. */
export type Remote<M extends Methods> = {
  readonly [Name in keyof M]: M[Name] extends (
    argument: infer Argument,
    context: CallContext<infer Event>,
  ) => Promise<infer Result>
    ? (argument: Argument, options?: CallOptions<Event>) => Promise<Result>
    : never;
};

/** The common part of a Worker, a worker's global scope and a MessagePort. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

type Request =
  | { readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly id: number; readonly abort: true };

type Response =
  | { readonly id: number; readonly event: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorReport };

export function serve(port: Port, methods: Methods): void {
  const running = new Map<number, AbortController>();
  port.addEventListener("message", async ({ data }: MessageEvent<Request>) => {
    const { id } = data;
    if ("abort" in data) return running.get(id)?.abort();
    const respond = (message: Response) => port.postMessage(message);
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const method = methods[data.method];
      if (!method) throw new Error(`no method ${data.method}`);
      const emit = (event: unknown) => respond({ id, event });
      respond({ id, result: await method(data.argument as never, { signal: controller.signal, emit }) });
    } catch (error) {
      const { code, message } = reportOf(error);
      respond({ id, error: { code, message } });
    } finally {
      running.delete(id);
    }
  });
}

/** Calls reject with a `SunstepError` that has the code of the served method's error. */
export function connect<M extends Methods>(port: Port): { remote: Remote<M>; fail(error: Error): void } {
  interface Call extends CallOptions<unknown> {
    resolve(result: unknown): void;
    reject(error: Error): void;
  }
  const calls = new Map<number, Call>();
  let lastId = 0;
  let closed: Error | undefined;

  port.addEventListener("message", ({ data }: MessageEvent<Response>) => {
    const call = calls.get(data.id);
    if (!call) return;
    if ("event" in data) return call.onEvent?.(data.event);
    calls.delete(data.id);
    if ("result" in data) call.resolve(data.result);
    else call.reject(new SunstepError(data.error.code, data.error.message));
  });

  const call = (method: string, argument: unknown, options: CallOptions<unknown> = {}) =>
    new Promise((resolve, reject) => {
      if (closed) return reject(closed);
      const id = ++lastId;
      calls.set(id, { ...options, resolve, reject });
      options.signal?.addEventListener("abort", () => port.postMessage({ id, abort: true }));
      port.postMessage({ id, method, argument });
      if (options.signal?.aborted) port.postMessage({ id, abort: true });
    });

  const remote = new Proxy({} as Remote<M>, {
    get: (_, method) => (argument: unknown, options?: CallOptions<unknown>) =>
      call(String(method), argument, options),
  });
  return {
    remote,
    /** Rejects current and future calls, because the other side has ended. */
    fail(error) {
      closed ??= error;
      for (const { reject } of calls.values()) reject(error);
      calls.clear();
    },
  };
}

// Calls over a message port: arguments and results are copied, events come back while a call runs, and an abort signal
// reaches the other side.

import { SunstepError } from "@sunstep/errors";
import { type ErrorReport, reportOf } from "../state/problems.js";

/** What a served method is given besides its argument. */
export interface CallContext<Event> {
  readonly signal: AbortSignal;
  emit(event: Event): void;
}

/** Methods of any argument and event: `never` is what all of them take. */
export type Methods = Readonly<
  Record<string, (argument: never, context: CallContext<never>) => Promise<unknown>>
>;

export interface CallOptions<Event> {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: Event) => void;
}

/** The same methods, from the other side. */
export type Remote<M extends Methods> = {
  readonly [Name in keyof M]: M[Name] extends (
    argument: infer Argument,
    context: CallContext<infer Event>,
  ) => Promise<infer Result>
    ? (argument: Argument, options?: CallOptions<Event>) => Promise<Result>
    : never;
};

/** The part of a port that is used: a Worker's, a worker's own, a MessagePort's. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

type Order =
  | { readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly id: number; readonly abort: true };

type Reply =
  | { readonly id: number; readonly event: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorReport };

export function serve(port: Port, methods: Methods): void {
  const running = new Map<number, AbortController>();
  port.addEventListener("message", async ({ data }: MessageEvent<Order>) => {
    const { id } = data;
    if ("abort" in data) return running.get(id)?.abort();
    const reply = (message: Reply) => port.postMessage(message);
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const method = methods[data.method];
      if (!method) throw new Error(`no method ${data.method}`);
      const emit = (event: unknown) => reply({ id, event });
      reply({ id, result: await method(data.argument as never, { signal: controller.signal, emit }) });
    } catch (error) {
      const { code, message } = reportOf(error);
      reply({ id, error: { code, message } });
    } finally {
      running.delete(id);
    }
  });
}

/** Calls reject with a `SunstepError` of the code that the other side's error had. */
export function connect<M extends Methods>(port: Port): { remote: Remote<M>; fail(error: Error): void } {
  interface Call extends CallOptions<unknown> {
    resolve(result: unknown): void;
    reject(error: Error): void;
  }
  const calls = new Map<number, Call>();
  let lastId = 0;
  let gone: Error | undefined;

  port.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    const call = calls.get(data.id);
    if (!call) return;
    if ("event" in data) return call.onEvent?.(data.event);
    calls.delete(data.id);
    if ("result" in data) call.resolve(data.result);
    else call.reject(new SunstepError(data.error.code, data.error.message));
  });

  const call = (method: string, argument: unknown, options: CallOptions<unknown> = {}) =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone);
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
    /** The other side is gone: every call rejects, those under way and those to come. */
    fail(error) {
      gone ??= error;
      for (const { reject } of calls.values()) reject(error);
      calls.clear();
    },
  };
}

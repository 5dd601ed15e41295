import type { Tensor } from "@sunstep/tensor";
import { type RuntimeErrorCode, runtimeError } from "../errors.js";
import type { LoadEvent } from "../runtime.js";
import { tensorSpecs } from "../tensor-specs.js";
import { int8Check } from "./int8-check.js";
import { LoadedModel } from "./loaded-model.js";
import { asRuntimeError, toPortableError } from "./portable-error.js";
import { fromPortable } from "./portable-model.js";
import type {
  OperationName,
  PortableFeeds,
  Request,
  RequestOf,
  Response,
  ResultOf,
  TensorId,
} from "./protocol.js";
import type { PrepareContext, WorkerEngine } from "./worker-engine.js";

/** The host, seen from the worker. */
export interface HostPort {
  post(response: Response, transfer: ArrayBuffer[]): void;
  listen(receive: (request: Request) => void): void;
}

export interface ServeOptions {
  /** Serialises operations, for engines that yield in the middle of a run (asyncify). */
  readonly oneByOne?: boolean;
}

/** The code of an engine's own errors, by operation. Default: MODEL_REJECTED. */
const failures: Readonly<Partial<Record<OperationName, RuntimeErrorCode>>> = {
  start: "DEVICE_UNAVAILABLE",
  run: "RUN_FAILED",
  read: "RUN_FAILED",
};

interface RequestContext {
  /** The request's number. */
  readonly id: number;
  emit(event: LoadEvent): void;
}

type Handlers = {
  readonly [K in OperationName]: (parameters: RequestOf<K>, context: RequestContext) => Promise<ResultOf<K>>;
};

/** Serves the worker's side of `startWorkerRuntime`: holds sessions and tensors, and answers the host's requests. */
export function serveSessions<T>(
  engine: WorkerEngine<T>,
  port: HostPort,
  { oneByOne = false }: ServeOptions = {},
): void {
  const handlers = handlersOf(engine);

  async function answer({ id, operation, parameters }: Request): Promise<void> {
    const emit = (event: LoadEvent) => port.post({ type: "event", id, event }, []);
    try {
      const handle = handlers[operation] as (
        given: typeof parameters,
        context: RequestContext,
      ) => Promise<ResultOf<OperationName>>;
      const result = await handle(parameters, { id, emit });
      port.post({ type: "result", id, result }, buffersOf(result));
    } catch (error) {
      const code = failures[operation] ?? "MODEL_REJECTED";
      port.post(
        { type: "error", id, error: toPortableError(asRuntimeError(error, code, parameters.label)) },
        [],
      );
    }
  }

  let queue: Promise<void> = Promise.resolve();
  port.listen((request) => {
    if (oneByOne) queue = queue.then(() => answer(request));
    else void answer(request);
  });
}

function handlersOf<T>(engine: WorkerEngine<T>): Handlers {
  const native = engine.tensors;
  const int8Problem = int8Check(engine);
  const models = new Map<number, LoadedModel<T>>();
  const tensors = new Map<number, T>();
  const loads = new Map<number, { readonly abort: AbortController; readonly ended: Promise<unknown> }>();
  let lastNumber = 0;

  function keep(tensor: T): TensorId {
    const id = ++lastNumber;
    tensors.set(id, tensor);
    return { id };
  }

  function find(id: number): T {
    const tensor = tensors.get(id);
    if (tensor === undefined) throw runtimeError("TENSOR_RELEASED", "the device tensor was released");
    return tensor;
  }

  function natives(feeds: PortableFeeds): Record<string, T> {
    return Object.fromEntries(
      Object.entries(feeds).map(([name, feed]) => [name, "id" in feed ? find(feed.id) : native.from(feed)]),
    );
  }

  async function load(
    { label, model, invariantInputs = [], variants = {}, variant, precision, weights }: RequestOf<"load">,
    signal: AbortSignal,
    emit: PrepareContext["emit"],
  ): Promise<ResultOf<"load">> {
    const opened = await fromPortable(model, engine.open);
    const warning = precision === "int8" ? await int8Problem() : undefined;
    if (warning) emit({ type: "warning", label, ...warning });
    const prepared = await engine.prepare(opened, {
      label,
      signal,
      emit,
      invariantInputs,
      ...(precision && !warning && { precision }),
      ...(weights && { weights }),
    });
    const loaded = new LoadedModel(label, prepared, native, { invariantInputs, variants });
    await loaded.sessions(variant);
    const session = ++lastNumber;
    models.set(session, loaded);
    return { session, inputs: tensorSpecs(opened.graph.inputs), outputs: tensorSpecs(opened.graph.outputs) };
  }

  return {
    start: async ({ settings }) => ({ version: await engine.start(settings) }),
    async load(parameters, { id, emit }) {
      const abort = new AbortController();
      const ended = load(parameters, abort.signal, emit);
      loads.set(id, { abort, ended });
      return ended.finally(() => loads.delete(id));
    },
    async run({ session, variant, feeds, conditioning, keepOnDevice }) {
      const model = models.get(session);
      if (!model) throw runtimeError("SESSION_DISPOSED", "the session was disposed of");
      if (conditioning?.feeds) model.addConditioning(conditioning.id, natives(conditioning.feeds));
      const results = await model.run(variant, natives(feeds), conditioning?.id);
      const outputs: Record<string, Tensor> = {};
      const onDevice: ResultOf<"run">["onDevice"] = {};
      for (const [name, result] of Object.entries(results)) {
        if (keepOnDevice.includes(name)) {
          onDevice[name] = { ...keep(result), ...native.typeOf(result) };
        } else {
          outputs[name] = await native.read(result);
          native.free(result);
        }
      }
      const conditioningBytes = conditioning ? model.conditioningBytes(conditioning.id) : 0;
      return { outputs, onDevice, conditioningBytes };
    },
    keep: async ({ tensor }) => keep(native.from(tensor)),
    read: async ({ id }) => ({ tensor: await native.read(find(id)) }),
    async free(parameters) {
      if ("session" in parameters) {
        models.get(parameters.session)?.freeConditioning(parameters.conditioning);
      } else {
        const tensor = tensors.get(parameters.id);
        tensors.delete(parameters.id);
        if (tensor !== undefined) native.free(tensor);
      }
      return {};
    },
    async release({ session }) {
      const model = models.get(session);
      models.delete(session);
      await model?.release();
      return {};
    },
    async cancel({ request }) {
      const chosen = [...loads].filter(([id]) => request === undefined || request === id);
      for (const [, { abort }] of chosen) abort.abort();
      await Promise.allSettled(chosen.map(([, { ended }]) => ended));
      return {};
    },
  };
}

/** Buffers of results that leave without a copy. */
function buffersOf(result: ResultOf<OperationName>): ArrayBuffer[] {
  if (!("outputs" in result && "onDevice" in result)) return [];
  return [...new Set(Object.values(result.outputs).map(({ data }) => data.buffer as ArrayBuffer))];
}

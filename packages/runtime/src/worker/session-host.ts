import type { DataType, Tensor } from "@sunstep/tensor";
import { runtimeError } from "../errors.js";
import type { TensorSpec } from "../runtime.js";
import type { SessionCalls } from "./calls.js";

/** A session in the worker, over the engine's own tensors. */
export interface LocalSession<T> {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  run(feeds: Readonly<Record<string, T>>): Promise<Readonly<Record<string, T>>>;
  release(): Promise<void>;
}

/** The engine's tensors. */
export interface NativeTensors<T> {
  from(tensor: Tensor): T;
  /** The data, read from the device if it is there; memory that the tensor does not share may be sent away. */
  read(native: T): Promise<Tensor>;
  typeOf(native: T): { readonly dtype: DataType; readonly shape: readonly number[] };
  free(native: T): void;
}

type Handlers = {
  readonly [Call in keyof SessionCalls]: (
    request: Parameters<SessionCalls[Call]>[0],
  ) => Promise<ReturnType<SessionCalls[Call]>>;
};

/** The sessions and kept tensors of a worker, by number, and what answers the calls about them. */
export class SessionHost<T> {
  readonly #native: NativeTensors<T>;
  readonly #sessions = new Map<number, LocalSession<T>>();
  readonly #kept = new Map<number, T>();
  #numbers = 0;

  constructor(native: NativeTensors<T>) {
    this.#native = native;
  }

  add(session: LocalSession<T>): { session: number; inputs: TensorSpec[]; outputs: TensorSpec[] } {
    const number = this.#numbers++;
    this.#sessions.set(number, session);
    return { session: number, inputs: [...session.inputs], outputs: [...session.outputs] };
  }

  readonly handlers: Handlers = {
    run: async ({ session, feeds, keep }) => {
      const loaded = this.#sessions.get(session);
      if (!loaded) throw runtimeError("SESSION_DISPOSED", "the session was disposed of");
      const given = Object.entries(feeds).map(
        ([name, feed]) => [name, "id" in feed ? this.#keptTensor(feed.id) : this.#native.from(feed)] as const,
      );
      const results = await loaded.run(Object.fromEntries(given));
      const answer: ReturnType<SessionCalls["run"]> = { outputs: {}, kept: {} };
      for (const { name } of loaded.outputs) {
        const result = results[name]!;
        if (keep.includes(name)) {
          answer.kept[name] = { id: this.#keep(result), ...this.#native.typeOf(result) };
        } else {
          answer.outputs[name] = await this.#native.read(result);
          this.#native.free(result);
        }
      }
      return answer;
    },
    keep: async ({ tensor }) => ({ id: this.#keep(this.#native.from(tensor)) }),
    read: async ({ id }) => ({ tensor: await this.#native.read(this.#keptTensor(id)) }),
    free: async ({ id }) => {
      const native = this.#kept.get(id);
      this.#kept.delete(id);
      if (native !== undefined) this.#native.free(native);
      return {};
    },
    release: async ({ session }) => {
      const loaded = this.#sessions.get(session);
      this.#sessions.delete(session);
      await loaded?.release();
      return {};
    },
  };

  #keep(native: T): number {
    const id = this.#numbers++;
    this.#kept.set(id, native);
    return id;
  }

  #keptTensor(id: number): T {
    const native = this.#kept.get(id);
    if (native === undefined) throw runtimeError("TENSOR_RELEASED", "the kept tensor was released");
    return native;
  }
}

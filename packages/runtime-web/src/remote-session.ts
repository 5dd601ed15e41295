import {
  checkAborted,
  checkFeeds,
  checkKeep,
  type Feeds,
  type KeepingResult,
  type RunOptions,
  runtimeError,
  type Session,
  type TensorSpec,
} from "@sunstep/runtime";
import type { Tensor } from "@sunstep/tensor";
import { checkKept, holdWhile, keptTensors, messageOf, releaseAll } from "./kept-tensor.js";
import { untilAborted } from "./until-aborted.js";
import type { WorkerClient } from "./worker-client.js";

/** A session of the worker, seen from the host. */
export class RemoteSession implements Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly #client: WorkerClient;
  readonly #session: number;
  readonly #label: string;
  readonly #forget: () => void;
  /** Settles when the last run asked for is over. */
  #queue: Promise<unknown> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  constructor(
    client: WorkerClient,
    session: number,
    label: string,
    inputs: readonly TensorSpec[],
    outputs: readonly TensorSpec[],
    forget: () => void,
  ) {
    this.#client = client;
    this.#session = session;
    this.#label = label;
    this.inputs = inputs;
    this.outputs = outputs;
    this.#forget = forget;
  }

  async run(feeds: Feeds, options?: RunOptions): Promise<Record<string, Tensor>> {
    return (await this.runKeeping(feeds, [], options)).outputs;
  }

  async runKeeping(
    feeds: Feeds,
    keep: readonly string[],
    { signal }: RunOptions = {},
  ): Promise<KeepingResult> {
    const label = this.#label;
    const what = `running ${label}`;
    if (this.#disposed) throw runtimeError("SESSION_DISPOSED", `${label} was disposed of`);
    checkFeeds(label, this.inputs, feeds);
    checkKeep(label, this.outputs, keep);
    checkKept(label, feeds, this.#client);
    checkAborted(signal, what);
    const run = this.#queue.then(async () => {
      checkAborted(signal, what);
      const request = { label, session: this.#session, feeds: messageOf(feeds), keep };
      const { outputs, kept } = await this.#client.call("run", request);
      return { outputs, kept: keptTensors(this.#client, kept) };
    });
    this.#queue = run.catch(() => undefined);
    holdWhile(run, feeds);
    return untilAborted(run, signal, what, ({ kept }) => releaseAll(kept));
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#queue.then(() => this.#dispose());
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    this.#forget();
    if (!this.#client.death)
      await this.#client.call("release", { label: this.#label, session: this.#session });
  }
}

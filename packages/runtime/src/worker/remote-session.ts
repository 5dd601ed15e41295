import { throwIfAborted } from "@sunstep/errors";
import type { Tensor } from "@sunstep/tensor";
import { checkFeeds, checkKeep } from "../check-feeds.js";
import { runtimeError } from "../errors.js";
import type { Feeds } from "../kept-tensor.js";
import type { KeepingResult, RunOptions, Session, TensorSpec } from "../runtime.js";
import type { SessionLink } from "./calls.js";
import { checkKept, holdWhile, keptTensors, messageOf, releaseAll } from "./remote-tensor.js";
import { untilAborted } from "./until-aborted.js";

/** A session of the worker, seen from the host. */
export class RemoteSession implements Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly #link: SessionLink;
  readonly #session: number;
  readonly #label: string;
  readonly #forget: () => void;
  /** Settles when the last run asked for is over. */
  #queue: Promise<unknown> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  constructor(
    link: SessionLink,
    session: number,
    label: string,
    inputs: readonly TensorSpec[],
    outputs: readonly TensorSpec[],
    forget: () => void,
  ) {
    this.#link = link;
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
    checkKept(label, feeds, this.#link);
    throwIfAborted(signal, what);
    const run = this.#queue.then(async () => {
      throwIfAborted(signal, what);
      const request = { label, session: this.#session, feeds: messageOf(feeds), keep };
      const { outputs, kept } = await this.#link.run(request);
      return { outputs, kept: keptTensors(this.#link, kept) };
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
    if (!this.#link.death) await this.#link.release({ label: this.#label, session: this.#session });
  }
}

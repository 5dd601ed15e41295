// Tensors that stay in the worker. The host knows them by number; the worker frees one when it is told to, which also
// happens when the host's object is garbage, and all of them when it ends.
import type { DataType, Tensor } from "@sunstep/tensor";
import { runtimeError } from "../errors.js";
import { type Feeds, isKept, type KeptTensor } from "../kept-tensor.js";
import type { KeptInWorker, SessionCalls, SessionLink } from "./calls.js";

const LABEL = "a kept tensor";

class RemoteTensor implements KeptTensor {
  readonly kept = true;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly link: SessionLink;
  readonly id: number;
  /** Settles when the runs that were given it are over. */
  #uses: Promise<unknown> = Promise.resolve();
  #released: Promise<void> | undefined;

  constructor(link: SessionLink, { id, dtype, shape }: KeptInWorker & Pick<Tensor, "dtype" | "shape">) {
    this.link = link;
    this.id = id;
    this.dtype = dtype;
    this.shape = shape;
    garbage.register(this, { link, id }, this);
  }

  get released(): boolean {
    return this.#released !== undefined;
  }

  async read(): Promise<Tensor> {
    if (this.released) throw runtimeError("TENSOR_RELEASED", "a kept tensor is read after its release");
    return (await this.link.read({ label: LABEL, id: this.id })).tensor;
  }

  release(): Promise<void> {
    this.#released ??= this.#uses.then(() => {
      garbage.unregister(this);
      return free(this);
    });
    return this.#released;
  }

  holdWhile(run: Promise<unknown>): void {
    const before = this.#uses;
    this.#uses = run.then(
      () => before,
      () => before,
    );
  }
}

const garbage = new FinalizationRegistry(free);

async function free({ link, id }: { readonly link: SessionLink; readonly id: number }): Promise<void> {
  // A worker that has died took its tensors with it.
  if (!link.death) await link.free({ label: LABEL, id }).catch(() => undefined);
}

/** Hands the worker a tensor to keep. */
export async function keepTensor(link: SessionLink, tensor: Tensor): Promise<KeptTensor> {
  const { id } = await link.keep({ label: LABEL, tensor: ownData(tensor) });
  return new RemoteTensor(link, { id, dtype: tensor.dtype, shape: tensor.shape });
}

/** What a run left in the worker. */
export function keptTensors(
  link: SessionLink,
  kept: ReturnType<SessionCalls["run"]>["kept"],
): Record<string, KeptTensor> {
  return Object.fromEntries(
    Object.entries(kept).map(([name, tensor]) => [name, new RemoteTensor(link, tensor)]),
  );
}

export async function releaseAll(kept: Readonly<Record<string, KeptTensor>>): Promise<void> {
  await Promise.all(Object.values(kept).map((tensor) => tensor.release()));
}

/** @throws TENSOR_RELEASED if a feed is kept by another worker, or no more */
export function checkKept(label: string, feeds: Feeds, link: SessionLink): void {
  for (const [name, feed] of Object.entries(feeds)) {
    if (!isKept(feed)) continue;
    const ours = feed instanceof RemoteTensor && feed.link === link;
    if (ours && !feed.released) continue;
    const reason = ours ? "was released" : "is of another runtime, or its thread has ended";
    throw runtimeError("TENSOR_RELEASED", `${label}: the kept tensor given as input ${name} ${reason}`, {
      input: name,
    });
  }
}

/** Kept tensors among `feeds` are not freed before the run is over. */
export function holdWhile(run: Promise<unknown>, feeds: Feeds): void {
  for (const feed of Object.values(feeds)) if (feed instanceof RemoteTensor) feed.holdWhile(run);
}

/** Feeds that passed `checkKept`, as the worker takes them. */
export function messageOf(feeds: Feeds): Parameters<SessionCalls["run"]>[0]["feeds"] {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [
      name,
      feed instanceof RemoteTensor ? { id: feed.id } : ownData(feed as Tensor),
    ]),
  );
}

/** A message copies whole buffers: a view on part of a larger one is cut out first. */
function ownData({ dtype, shape, data }: Tensor): Tensor {
  return {
    dtype,
    shape: [...shape],
    data: data.byteLength === data.buffer.byteLength ? data : data.slice(),
  };
}

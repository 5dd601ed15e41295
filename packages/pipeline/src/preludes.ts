import type { KeptTensor, Session } from "@sunstep/runtime";
import type { Tensor } from "@sunstep/tensor";

type Inputs = Readonly<Record<string, Tensor<"float32">>>;

interface Entry {
  readonly session: Session;
  readonly inputs: Inputs;
  readonly outputs: Promise<Record<string, KeptTensor>>;
  readonly bytes: number;
}

/** What is kept at most, in bytes: keys and values of five pairs of prompts for Stable Diffusion 1.5 with SUN. */
const CAPACITY = 128 * 2 ** 20;
/** Kept even if they take more: those of a guided picture and one to spare. */
const FEWEST = 3;

/**
 * Results of sessions whose inputs seldom change, kept with the backend: a session runs once for each content of its
 * inputs. What was used least recently is released when there is too much.
 */
export class Preludes {
  /** The one used last comes last. */
  #entries: Entry[] = [];

  /** All outputs of the session; they stay valid for a run that is begun at once. */
  run(session: Session, inputs: Inputs): Promise<Record<string, KeptTensor>> {
    const known = this.#entries.find(
      (entry) => entry.session === session && sameInputs(entry.inputs, inputs),
    );
    const entry = known ?? begin(session, inputs);
    this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
    if (!known) {
      entry.outputs.catch(() => this.#forget(entry));
      while (this.#entries.length > FEWEST && bytesOf(this.#entries) > CAPACITY)
        void this.#forget(this.#entries[0]!);
    }
    return entry.outputs;
  }

  /** Releases everything. */
  async dispose(): Promise<void> {
    await Promise.all(this.#entries.map((entry) => this.#forget(entry)));
  }

  async #forget(entry: Entry): Promise<void> {
    this.#entries = this.#entries.filter((other) => other !== entry);
    // One that failed has told its caller already.
    const outputs = await entry.outputs.catch(() => ({}));
    await Promise.all(Object.values(outputs).map((output) => output.release()));
  }
}

function begin(session: Session, inputs: Inputs): Entry {
  const names = session.outputs.map(({ name }) => name);
  const elements = session.outputs.map(({ shape }) =>
    shape.reduce<number>((product, size) => product * Number(size), 1),
  );
  return {
    session,
    // The caller may change its arrays.
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, { ...input, data: input.data.slice() }]),
    ),
    outputs: session.runKeeping(inputs, names).then(({ kept }) => kept),
    bytes: 4 * elements.reduce((sum, count) => sum + count, 0),
  };
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

function sameInputs(some: Inputs, others: Inputs): boolean {
  return Object.entries(some).every(([name, { data }]) => {
    const other = others[name]!.data;
    return data.length === other.length && sameNumbers(data, other);
  });
}

/** Asked at every step, so without a call per number. */
function sameNumbers(some: Float32Array, others: Float32Array): boolean {
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}

import { SunstepError } from "@sunstep/errors";
import { splitInvariant } from "@sunstep/graph-passes";
import { bindInputs, type Initializer, type Model } from "@sunstep/onnx-graph";
import { bytesPerElement, type DataType, type Tensor } from "@sunstep/tensor";
import type { LoadOptions, TensorSpec } from "../runtime.js";
import { asRuntimeError } from "./portable-error.js";

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
  /** Reads the data, from the device if it is there. Memory that the native tensor does not share may be transferred. */
  read(native: T): Promise<Tensor>;
  typeOf(native: T): { readonly dtype: DataType; readonly shape: readonly number[] };
  free(native: T): void;
}

/** A model in the form that the engine runs. Its graph may be cut and bound before sessions are made of it. */
export interface PreparedModel<T> {
  readonly model: Model;
  load(model: Model): Promise<LocalSession<T>>;
}

type Natives<T> = Readonly<Record<string, T>>;
type VariantName = string | undefined;

/** The sessions of one variant. */
interface VariantSessions<T> {
  /** Computes what depends on the invariant inputs alone, if anything does. */
  readonly invariant: LocalSession<T> | undefined;
  /** Computes the outputs, given the results of `invariant`. */
  readonly dependent: LocalSession<T>;
}

interface HeldConditioning<T> {
  readonly feeds: Natives<T>;
  /** Results of `invariant`, by variant. */
  readonly results: Map<VariantName, Natives<T>>;
}

/** A prepared model in the worker, with the sessions of the variants that were run and the conditioning it holds. */
export class LoadedModel<T> {
  readonly #label: string;
  readonly #prepared: PreparedModel<T>;
  readonly #native: NativeTensors<T>;
  readonly #options: Pick<LoadOptions, "invariantInputs" | "variants">;
  readonly #sessions = new Map<VariantName, Promise<VariantSessions<T>>>();
  readonly #conditioning = new Map<number, HeldConditioning<T>>();

  constructor(
    label: string,
    prepared: PreparedModel<T>,
    native: NativeTensors<T>,
    options: Pick<LoadOptions, "invariantInputs" | "variants">,
  ) {
    this.#label = label;
    this.#prepared = prepared;
    this.#native = native;
    this.#options = options;
  }

  /**
   * Makes the sessions of a variant, once.
   * @throws MODEL_REJECTED, OUT_OF_MEMORY, ...
   */
  sessions(variant: VariantName): Promise<VariantSessions<T>> {
    const known = this.#sessions.get(variant);
    if (known) return known;
    const made = this.#make(variant).catch((error: unknown) => {
      this.#sessions.delete(variant);
      throw asRuntimeError(error, "MODEL_REJECTED", this.#label);
    });
    this.#sessions.set(variant, made);
    return made;
  }

  /** Holds conditioning under a number. */
  addConditioning(id: number, feeds: Natives<T>): void {
    this.#conditioning.set(id, { feeds, results: new Map() });
  }

  /** Bytes held under a number. */
  conditioningBytes(id: number): number {
    const held = this.#conditioning.get(id);
    if (!held) return 0;
    return [held.feeds, ...held.results.values()]
      .flatMap((natives) => Object.values(natives))
      .map((native) => this.#native.typeOf(native))
      .reduce((sum, { dtype, shape }) => sum + shape.reduce((a, b) => a * b, bytesPerElement(dtype)), 0);
  }

  freeConditioning(id: number): void {
    const { feeds = {}, results } = this.#conditioning.get(id) ?? {};
    this.#conditioning.delete(id);
    for (const natives of [feeds, ...(results?.values() ?? [])]) this.#free(natives);
  }

  /** Runs a variant on `feeds` and the conditioning held under a number. */
  async run(variant: VariantName, feeds: Natives<T>, conditioning: number | undefined): Promise<Natives<T>> {
    const { invariant, dependent } = await this.sessions(variant);
    const held = conditioning === undefined ? undefined : this.#conditioning.get(conditioning);
    const given = { ...feeds, ...held?.feeds };
    const known = held?.results.get(variant);
    const computed = known ?? (invariant ? await invariant.run(pick(given, invariant.inputs)) : {});
    held?.results.set(variant, computed);
    try {
      return await dependent.run(pick({ ...given, ...computed }, dependent.inputs));
    } finally {
      if (!held) this.#free(computed);
    }
  }

  async release(): Promise<void> {
    for (const id of [...this.#conditioning.keys()]) this.freeConditioning(id);
    for (const made of this.#sessions.values()) {
      const sessions = await made.catch(() => undefined);
      await sessions?.invariant?.release();
      await sessions?.dependent.release();
    }
    this.#sessions.clear();
  }

  async #make(variant: VariantName): Promise<VariantSessions<T>> {
    const { invariantInputs = [], variants = {} } = this.#options;
    const model = bind(this.#prepared.model, variant === undefined ? {} : variants[variant]!);
    const split = splitWherePossible(model, invariantInputs);
    if (!split) return { invariant: undefined, dependent: await this.#prepared.load(model) };
    const invariant = await this.#prepared.load(split.prelude);
    try {
      return { invariant, dependent: await this.#prepared.load(split.step) };
    } catch (error) {
      await invariant.release();
      throw error;
    }
  }

  #free(natives: Natives<T>): void {
    for (const native of Object.values(natives)) this.#native.free(native);
  }
}

/** The feeds that a session takes; a variant may have lost inputs. */
function pick<T>(feeds: Natives<T>, inputs: readonly TensorSpec[]): Natives<T> {
  return Object.fromEntries(inputs.map(({ name }) => [name, feeds[name]!]));
}

function bind(model: Model, constants: Readonly<Record<string, Tensor>>): Model {
  const initializers = Object.fromEntries(
    model.graph.inputs
      .filter(({ name }) => Object.hasOwn(constants, name))
      .map(({ name }) => [name, toInitializer(constants[name]!)]),
  );
  return Object.keys(initializers).length > 0 ? bindInputs(initializers).run(model).model : model;
}

function toInitializer({ dtype, shape, data }: Tensor): Initializer {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { dtype, shape, data: { kind: "inline", bytes } };
}

function splitWherePossible(model: Model, names: readonly string[]) {
  if (names.length === 0) return undefined;
  try {
    return splitInvariant(model, names);
  } catch (error) {
    if (SunstepError.isInstance(error, "PASS_NOTHING_TO_HOIST")) return undefined;
    throw error;
  }
}

import type { SunstepWarning } from "@sunstep/errors";
import type { Acceleration } from "@sunstep/pipeline";
import { knownAdapter } from "./known-adapter.js";
import type { OpenedAcceleration } from "./open-acceleration.js";

/** The accelerations of a model, by name. The one that was added last is the default of a request. */
export class ModelAccelerations {
  readonly #loaded = new Map<string, Acceleration>();
  /** Warnings, by the names of accelerations. */
  readonly #warnings = new Map<string, readonly SunstepWarning[]>();
  /** The names of accelerations that LoRAs were recognised as, by the names of the LoRAs. */
  readonly #recognised = new Map<string, string>();
  #recognisesLoras = true;

  get names(): readonly string[] {
    return [...this.#loaded.keys()];
  }

  get all(): readonly Acceleration[] {
    return [...this.#loaded.values()];
  }

  get warnings(): readonly SunstepWarning[] {
    return [...this.#warnings.values()].flat();
  }

  /** False where the user chose an acceleration, or none: LoRAs then keep to their weights. */
  get recognisesLoras(): boolean {
    return this.#recognisesLoras;
  }

  get(name: string): Acceleration | undefined {
    return this.#loaded.get(name);
  }

  /** From now on LoRAs are not recognised as few-step methods: the user said what to use. */
  choose(): void {
    this.#recognisesLoras = false;
  }

  /** Adds an acceleration, or replaces the one of the same name. */
  add({ acceleration, warnings }: OpenedAcceleration): void {
    const { name } = acceleration;
    this.delete(name);
    this.#loaded.set(name, acceleration);
    this.#warnings.set(name, warnings);
  }

  /** Adds the acceleration that a LoRA was recognised as. */
  addRecognised(lora: string, opened: OpenedAcceleration): void {
    this.#recognised.set(lora, opened.acceleration.name);
    this.add(opened);
  }

  /** Removes the acceleration that a LoRA was recognised as, unless another LoRA is of the same method. */
  forgetRecognised(lora: string): void {
    const name = this.#recognised.get(lora);
    this.#recognised.delete(lora);
    if (name !== undefined && ![...this.#recognised.values()].includes(name)) this.delete(name);
  }

  /** @throws ADAPTER_UNKNOWN */
  remove(name: string): void {
    knownAdapter(this.#loaded, name);
    this.delete(name);
  }

  /** Removes the acceleration, if there is one of this name. */
  delete(name: string): void {
    this.#warnings.delete(name);
    this.#loaded.delete(name);
  }
}

import type { Component, ControlNetConfig } from "@sunstep/checkpoint";
import type { Control, GenerateOptions } from "@sunstep/pipeline";
import { sunstepError } from "../errors.js";
import { knownAdapter } from "./known-adapter.js";

/** A control image, and the loaded ControlNet that reads it. */
export interface ControlImage extends Omit<Control, "controlnet" | "name"> {
  /** The ControlNet's name. Default: the one that is loaded, if there is only one. */
  readonly controlnet?: string;
}

/** The ControlNets that are loaded with a model, by name. */
export class LoadedControlNets {
  readonly #opened = new Map<string, Component<ControlNetConfig>>();

  get names(): readonly string[] {
    return [...this.#opened.keys()];
  }

  set(name: string, controlnet: Component<ControlNetConfig>): void {
    this.#opened.set(name, controlnet);
  }

  /** @throws ADAPTER_UNKNOWN */
  delete(name: string): void {
    knownAdapter(this.#opened, name);
    this.#opened.delete(name);
  }

  /**
   * Finds the ControlNets that a request names. While any is loaded, the U-Net is kept ready for controls.
   * @throws ADAPTER_UNKNOWN
   */
  options(images: readonly ControlImage[] = []): Pick<GenerateOptions, "controls"> {
    if (images.length === 0 && this.#opened.size === 0) return {};
    return {
      controls: images.map(({ controlnet: asked, ...control }) => {
        const name = asked ?? this.#onlyName();
        return { ...control, name, controlnet: knownAdapter(this.#opened, name) };
      }),
    };
  }

  #onlyName(): string {
    const [name, ...others] = this.names;
    if (name !== undefined && others.length === 0) return name;
    throw sunstepError(
      "ADAPTER_UNKNOWN",
      name === undefined
        ? "a control image needs a ControlNet: load one with loadControlNet or the option controlnets"
        : `several ControlNets are loaded (${this.names.join(", ")}): name one for each control image`,
    );
  }
}

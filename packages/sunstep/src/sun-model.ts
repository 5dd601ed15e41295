// SUN's own names in the public interface (`sun`, `sunScale`, `loadSun` …), translated to accelerations. Only this file and
// sun-parameters.ts know the method.
import { checkSunAdapter, isSunAcceleration, type SunOptions, sun } from "@sunstep/accelerations";
import type { SunstepWarning } from "@sunstep/errors";
import type { Acceleration } from "@sunstep/pipeline";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { LoadedModel } from "./loaded-model.js";
import type { LoadOptions } from "./loading/load-options.js";
import { type AdapterSource, fileStem, nameOf } from "./loading/model-source.js";
import type { FoundFiles } from "./loading/platform.js";
import type { GenerateResult, LoadAdapterOptions, GenerateOptions as ModelOptions } from "./model-options.js";

export interface FromPretrainedOptions extends LoadOptions {
  /**
   * SUN adapter: a file, URL, hub id or name ("sun-sd15"). Makes images in 4 steps without guidance. Default: the one that
   * comes with the model, as the embedded model's does; false: none.
   */
  readonly sun?: AdapterSource | false;
}

export interface LoadSunOptions extends LoadAdapterOptions, Pick<SunOptions, "controlTokens"> {}

export interface GenerateOptions extends ModelOptions {
  /** Uses the SUN adapter. Default: `acceleration`, or else the acceleration that was loaded last. */
  readonly sun?: boolean;
  /** Strength of the SUN adapter: 1 (default) as trained, 0 off. Needs no reload. */
  readonly sunScale?: number;
}

/** A loaded model with the methods of the SUN adapter. */
export class SunModel extends LoadedModel {
  #warnings: readonly SunstepWarning[] = [];

  override get warnings(): readonly SunstepWarning[] {
    return [...super.warnings, ...this.#warnings];
  }

  /** The name of the SUN adapter that is loaded. */
  get sun(): string | undefined {
    return this.#acceleration?.label;
  }

  /**
   * Adds a SUN adapter, or replaces the one that is there. `controlTokens`: "both" lets ControlNets read the negative prompt too,
   * as in the authors' pipeline. Returns its name.
   */
  loadSun(
    source: AdapterSource,
    { name = fileStem(nameOf(source)), signal, controlTokens = "prompt" }: LoadSunOptions = {},
  ): Promise<string> {
    return this.inTurn(async () => {
      const adapter = readSunAdapter(await this.openAdapter(source, signal));
      checkSunAdapter(this.unet, adapter);
      this.warn(adapter.warnings);
      this.#warnings = adapter.warnings;
      this.addAcceleration(sun(adapter, { label: name, controlTokens }));
      return name;
    });
  }

  /** Removes the SUN adapter, if one is loaded. */
  unloadSun(): Promise<void> {
    return this.inTurn(async () => {
      this.#warnings = [];
      this.removeAcceleration("sun");
    });
  }

  override generate(
    prompt: string | readonly string[],
    options: GenerateOptions = {},
  ): Promise<GenerateResult> {
    return super.generate(prompt, options);
  }

  override async loadAdapters(options: FromPretrainedOptions, found: FoundFiles): Promise<void> {
    const { signal, sun = options.acceleration === undefined ? found.adapter : false } = options;
    if (options.sun) this.chooseAccelerations();
    const abort = signal ? { signal } : {};
    if (typeof sun === "object" && "source" in sun)
      await this.loadSun(sun.source, { name: sun.name, ...abort });
    else if (sun) await this.loadSun(sun, abort);
    await super.loadAdapters(options, found);
  }

  protected override pipelineOptions(
    prompt: string | readonly string[],
    { sun, sunScale, ...options }: GenerateOptions,
    ofTags?: readonly Acceleration[],
  ) {
    const scaled = sunScale === undefined ? undefined : this.#acceleration?.withScale(sunScale);
    const acceleration = sun === false ? false : (scaled ?? (sun ? "sun" : undefined));
    const chosen: ModelOptions = { ...(acceleration !== undefined && { acceleration }), ...options };
    return super.pipelineOptions(prompt, chosen, ofTags);
  }

  get #acceleration() {
    const acceleration = this.acceleration("sun");
    return acceleration && isSunAcceleration(acceleration) ? acceleration : undefined;
  }
}

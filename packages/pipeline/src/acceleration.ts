import type { SunstepWarning } from "@sunstep/errors";
import type { SchedulerConfig } from "@sunstep/scheduler";
import type { Guidance } from "./guidance/guidance.js";
import type { PromptConditioning } from "./prompts/conditioning.js";
import type { RequestSettings } from "./request/request-settings.js";
import type { Adapter } from "./sessions/adapter.js";

/** A method that makes images in few steps: what it changes in the networks, and the settings that it was made for. */
export interface Acceleration {
  /** Selects it: `acceleration: name`. Two loaded accelerations have different names. */
  readonly name: string;
  readonly defaults: AccelerationDefaults;
  /** Its change to the networks. One with `off` stays in the U-Net's graph while the acceleration is not used. */
  readonly adapter?: Adapter;
  /** The only guidance that the method works with. Default: what the guidance scale asks for. */
  readonly guidance?: Guidance;
  /** True if `condition` reads negative prompts, so that they are encoded without guidance too. */
  readonly readsNegative?: boolean;
  /**
   * Completes the conditioning of an image, by the U-Net's names of inputs. Called once for each prompt of a run.
   * An input that is left out switches off the adapter that it belongs to.
   */
  condition?(prompts: PromptConditioning, settings: RequestSettings): PromptConditioning;
  /**
   * Checks a request for what the method cannot do. Returns warnings about settings without effect.
   * @throws SunstepError
   */
  check?(settings: RequestSettings): readonly SunstepWarning[];
  /** Settings for the text that images carry, by AUTOMATIC1111's or a new name. */
  parameters?(settings: RequestSettings): Readonly<Record<string, string | number>>;
}

/** Settings that apply where a request leaves them open. */
export interface AccelerationDefaults {
  readonly steps: number;
  readonly guidanceScale: number;
  /**
   * Returns the whole config: from the model's own it takes betas and prediction type, and sets every other option that
   * the method depends on. `preset` is the config of a scheduler that the user chose by name.
   */
  scheduler(model: SchedulerConfig, preset?: SchedulerConfig): SchedulerConfig;
  /** Timesteps that replace the scheduler's spacing where a request has neither `steps` nor a scheduler. */
  readonly timesteps?: readonly number[];
  readonly eta?: number;
}

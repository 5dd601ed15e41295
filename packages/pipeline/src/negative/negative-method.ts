import type { SunstepWarning } from "@sunstep/errors";
import type { Conditioning } from "../prompts/conditioning.js";
import type { RequestSettings } from "../request/request-settings.js";
import type { Adapter } from "../sessions/adapter.js";

/** An encoded negative prompt. */
export interface NegativePrompt {
  /** As guidance would get it, by the U-Net's names of inputs. */
  readonly conditioning: Conditioning;
  /** For each of its tokens, whether it is padding. */
  readonly padding: readonly boolean[];
}

/** A method by which the U-Net's attention reads negative prompts, in one evaluation: neither guidance nor training. */
export interface NegativeMethod {
  readonly name: string;
  /** Its branch in the U-Net. It has `off`: evaluations that read no negative prompt are plain. */
  readonly adapter: Adapter;
  /** The lowest noise level sigma, of sqrt((1 - abar) / abar), at which it is used. Default: 0, so at every step. */
  readonly sigmaEnd?: number;
  /** Returns the U-Net's further inputs for a negative prompt. */
  inputs(negative: NegativePrompt): Conditioning;
  /**
   * Checks a request for what the method cannot do. Returns warnings about settings without effect.
   * @throws SunstepError
   */
  check?(settings: RequestSettings): readonly SunstepWarning[];
  /** Settings for the text that images carry. */
  parameters?(): Readonly<Record<string, string | number>>;
}

/** A method in a request. */
export interface NegativeUse {
  readonly method: NegativeMethod;
  /** True if it reads empty negative prompts too, as guidance does; else images without a negative prompt stay plain. */
  readonly readsEmpty: boolean;
}

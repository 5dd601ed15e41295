import type { Architecture, SafetensorsFile, UNetConfig } from "@sunstep/checkpoint";
import type { SchedulerConfig } from "@sunstep/scheduler";

/** The form in which a method's weights come: on top of a model, as a whole model or U-Net, as differences of its weights. */
export type MethodForm = "lora" | "model" | "difference";

/** A few-step method as it was published: how its files are recognised, and what they need. */
export interface FewStepMethod {
  /** Selects it: `acceleration: name`. */
  readonly name: string;
  /** The name in messages. */
  readonly title: string;
  readonly form: MethodForm;
  /**
   * Published names in small letters, with hyphens between words; the group `steps` is the number of steps. Of a file, of the
   * folder or repository of a file with a general name, or a title in its metadata.
   */
  readonly fileNames: readonly RegExp[];
  /** Recognises a file whose name does not tell. */
  readonly fits?: (file: SafetensorsFile) => boolean;
  /** Recognises a model by its own configs. */
  readonly fitsModel?: (model: ModelConfigs) => boolean;
  readonly settings: (variant: MethodVariant) => MethodSettings;
  readonly license: License;
  /** The page or file that the settings were read from. */
  readonly source: string;
}

/** Facts about a file that settings depend on. */
export interface MethodVariant {
  /** The number in its name. */
  readonly steps?: number;
  readonly architecture?: Architecture | undefined;
}

export interface ModelConfigs {
  readonly schedulerConfig: SchedulerConfig;
  readonly unet: UNetConfig;
}

/** A value, and the range that the method was made for. */
export interface Range {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** The settings of a method. A range warns; what a user asks for is done. */
export interface MethodSettings {
  /** The class, and every option of it that the method depends on; betas and prediction come from the model. */
  readonly scheduler: { readonly className: string; readonly options: Readonly<Record<string, unknown>> };
  readonly steps: Range;
  /** Up to 1 there is no guidance, and negative prompts have no effect. */
  readonly guidanceScale: Range;
  readonly timesteps?: readonly number[];
  readonly eta?: number;
  /** Default 1. */
  readonly loraScale?: number;
}

export interface License {
  /** As on the method's page. */
  readonly id: string;
  /** True if it forbids commercial use, or allows it against a fee only. */
  readonly restrictsCommerce?: boolean;
}

/** A range of one value. */
export const exactly = (value: number): Range => ({ value, from: value, to: value });

/** One evaluation without guidance: 0 in the papers, 1 in other programs. */
export const unguided: Range = { value: 0, from: 0, to: 1 };

import type { Component, ControlNetConfig } from "@sunstep/checkpoint";
import type { RgbImage } from "@sunstep/image";

/** A ControlNet and the image that it follows. */
export interface Control {
  /** From `openControlNet` of `@sunstep/checkpoint`. */
  readonly controlnet: Component<ControlNetConfig>;
  /** Edges, a depth map or a pose, as the ControlNet was trained on. Resized and cropped as `image` is. */
  readonly image: RgbImage;
  /** Strength: 1 (default) is the ControlNet as trained, 0 off. */
  readonly scale?: number;
  /** The part of the steps that it takes part in, 0 to 1. Default: all. */
  readonly start?: number;
  readonly end?: number;
  /** The ControlNet's name in messages and in the text that images carry. */
  readonly name?: string;
}

/** A control with every choice made. */
export type ResolvedControl = Required<Control>;

/** Tells whether a control takes part in a step: all of the step must lie within the window, as in diffusers. */
export function isActive({ scale, start, end }: ResolvedControl, index: number, count: number): boolean {
  return scale !== 0 && index / count >= start && (index + 1) / count <= end;
}

import type { RgbImage } from "@sunstep/image";

/** The parts of a run, in the order in which they happen. */
export type Stage = "load" | "encode-prompt" | "encode-image" | "denoise" | "decode";

/** What a run reports as it goes: plain data, in order. */
export type ProgressEvent =
  | { readonly type: "stage"; readonly stage: Stage; readonly network?: string }
  | {
      readonly type: "step";
      /** From 1. */
      readonly step: number;
      readonly steps: number;
      readonly timestep: number;
      /** After the step; [images, 4, height / 8, width / 8], float32. Valid until the next step: copy to keep. */
      readonly latents: Float32Array;
      /** What the pictures would be if the run ended here, if previews were asked for. */
      readonly previews?: readonly RgbImage[];
    };

export type ProgressListener = (event: ProgressEvent) => void;

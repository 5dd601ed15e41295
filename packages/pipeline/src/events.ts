import type { SunstepWarning } from "@sunstep/errors";
import type { RgbImage } from "@sunstep/image";

/** The stages of a run. Networks are loaded within the others, when they are first needed. */
export type Stage = "load" | "encode-prompt" | "encode-image" | "denoise" | "decode";

/** The events of a run, in order: plain data. */
export type ProgressEvent =
  | {
      readonly type: "stage";
      readonly stage: Stage;
      /** The network that the stage "load" loads. The stage that it interrupts is reported again afterwards. */
      readonly network?: string;
    }
  | {
      readonly type: "step";
      /** From 1. */
      readonly step: number;
      readonly steps: number;
      readonly timestep: number;
      /** After the step; [images, channels, height / 8, width / 8], float32. Valid until the next step: copy to keep. */
      readonly latents: Float32Array;
      /** The images that this step's predictions imply, if previews were asked for. */
      readonly previews?: readonly RgbImage[];
    }
  | {
      /** A large network is being prepared, once: the next process loads it at once. */
      readonly type: "prepare";
      readonly network: string;
      readonly done: number;
      readonly total: number;
    }
  | ({ readonly type: "warning" } & SunstepWarning);

/** May be asynchronous: the run does not wait for it, and ends if it rejects. */
export type ProgressListener = (event: ProgressEvent) => void;

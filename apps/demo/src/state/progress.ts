// Progress in words and as a fraction.

import type { ProgressEvent } from "sunstep";

export interface Progress {
  readonly text: string;
  /** 0 to 1; undefined where the duration is unknown. */
  readonly fraction?: number;
}

const networkNames: Readonly<Record<string, string>> = {
  unet: "U-Net",
  text_encoder: "text encoder",
  vae_decoder: "decoder",
  vae_encoder: "encoder",
};

/** Counts encoding and decoding as one step each, so that the bar moves from the start. */
function partOf(done: number, steps: number): number {
  return Math.min(1, (done + 1) / (steps + 2));
}

/** Describes an event of a run of `steps` steps; undefined for events that change nothing on the page. */
export function runProgress(event: ProgressEvent, steps: number): Progress | undefined {
  switch (event.type) {
    case "step":
      return { text: `Step ${event.step} of ${event.steps}`, fraction: partOf(event.step, event.steps) };
    case "prepare":
      return { text: `Preparing the ${networkName(event.network)}`, fraction: event.done / event.total };
    case "warning":
      return undefined;
    case "stage":
      switch (event.stage) {
        case "load":
          return { text: `Compiling the ${networkName(event.network ?? "network")}` };
        case "encode-prompt":
          return { text: "Reading the prompt", fraction: 0 };
        case "encode-image":
          return { text: "Reading the image", fraction: 0 };
        case "denoise":
          return { text: `Step 1 of ${steps}`, fraction: partOf(0, steps) };
        case "decode":
          return { text: "Decoding", fraction: partOf(steps, steps) };
      }
  }
}

/** Describes the download of a model, in bytes; `total` is undefined until all sizes are known. */
export function downloadProgress(loaded: number, total: number | undefined): Progress {
  if (!total) return { text: `Downloading the model, ${sizeText(loaded)}` };
  return {
    text: `Downloading the model, ${sizeText(loaded)} of ${sizeText(total)}`,
    fraction: loaded / total,
  };
}

/** "284 kB", "38 MB", "2.13 GB": powers of ten, as in file managers. */
export function sizeText(bytes: number): string {
  if (bytes >= 995e6) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes < 9.95e5) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes >= 9.95e6 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function networkName(network: string): string {
  return networkNames[network] ?? network;
}

// What is happening, in words and as a part of the whole.

import type { ProgressEvent } from "sunstep";

export interface Progress {
  readonly text: string;
  /** 0 to 1; undefined where the end is not known. */
  readonly fraction?: number;
}

const networkNames: Readonly<Record<string, string>> = {
  unet: "U-Net",
  text_encoder: "text encoder",
  vae_decoder: "decoder",
  vae_encoder: "encoder",
};

/** Encoding and decoding count as one step each, so that the bar moves from the first moment. */
function partOf(done: number, steps: number): number {
  return Math.min(1, (done + 1) / (steps + 2));
}

/** `steps`: how many the run will take, before it tells so itself. Undefined where nothing new is to be said. */
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
          return { text: "Looking at the picture", fraction: 0 };
        case "denoise":
          return { text: `Step 1 of ${steps}`, fraction: partOf(0, steps) };
        case "decode":
          return { text: "Decoding", fraction: partOf(steps, steps) };
      }
  }
}

/** Of files that are fetched before a model can be opened, in bytes. */
export function downloadProgress(loaded: number, total: number | undefined): Progress {
  if (!total) return { text: `Downloading the model, ${sizeText(loaded)}` };
  return {
    text: `Downloading the model, ${sizeText(loaded)} of ${sizeText(total)}`,
    fraction: loaded / total,
  };
}

/** "284 kB", "38 MB", "2.13 GB": powers of ten, as file managers and download pages write. */
export function sizeText(bytes: number): string {
  if (bytes >= 995e6) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes < 9.95e5) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes >= 9.95e6 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function networkName(network: string): string {
  return networkNames[network] ?? network;
}

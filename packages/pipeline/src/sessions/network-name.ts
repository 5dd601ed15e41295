import type { TextEncoderName } from "@sunstep/checkpoint";
import type { Pass } from "@sunstep/onnx-graph";

/** The networks of a pipeline, as diffusers names their folders. */
export type NetworkName =
  | "unet"
  | TextEncoderName
  | "vae_encoder"
  | "vae_decoder"
  | "taesd_decoder"
  | "controlnet"
  | "residual_sum";

/** Passes over the networks' graphs, after those of adapters and before the backend lowers them. */
export type NetworkPasses = Readonly<Partial<Record<NetworkName, readonly Pass[]>>>;

import type { ClipTextConfig, Component, UNetConfig } from "@sunstep/checkpoint";
import type { Model } from "@sunstep/onnx-graph";
import type { Tensor } from "@sunstep/tensor";
import type { Conditioning, InputShapes } from "../conditioning.js";

/** A prompt as one text encoder gives it. */
export interface EncodedPrompt {
  /** The states of all chunks in a row, [1, chunks * chunk length, hidden size]. */
  readonly hiddenStates: Tensor<"float32">;
}

export interface TextEncoderSizes {
  /** Length of a chunk. */
  readonly tokens: number;
  readonly clipSkip: number;
}

export interface UNetSizes {
  readonly batch: number;
  /** Height and width of the latents. */
  readonly height: number;
  readonly width: number;
  /** Shapes of the conditioning. */
  readonly inputs: InputShapes;
}

/** How the networks of an architecture fit together: what the text encoders give, and what the U-Net takes. */
export interface ArchitectureRule {
  /** Emits a text encoder for one chunk, with the input `input_ids` and the output named by `hiddenStates`. */
  buildTextEncoder(encoder: Component<ClipTextConfig>, sizes: TextEncoderSizes): Model;
  /** The text encoder's output that prompts are made of. */
  readonly hiddenStates: string;
  /** Joins a prompt's encodings, one of each text encoder in their order, to the U-Net's inputs. */
  conditioning(encoded: readonly EncodedPrompt[]): Conditioning;
  /** Emits the U-Net, with the inputs `sample` and `timestep` beside the conditioning. */
  buildUNet(unet: Component<UNetConfig>, sizes: UNetSizes): Model;
}

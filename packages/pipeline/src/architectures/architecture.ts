import type { ClipTextConfig, Component, UNetConfig } from "@sunstep/checkpoint";
import type { Model } from "@sunstep/onnx-graph";
import type { Tensor } from "@sunstep/tensor";
import type { Conditioning, InputShapes } from "../prompts/conditioning.js";
import type { GenerateOptions } from "../request/generate-options.js";
import type { SizeConditioning } from "../request/size-conditioning.js";

/** A prompt as one text encoder gives it. */
export interface EncodedPrompt {
  /** The states of all chunks in a row, [1, chunks * chunk length, hidden size]. */
  readonly hiddenStates: Tensor<"float32">;
  /** The pooled state of the first chunk, [1, width], if the text encoder gives one. */
  readonly pooled?: Tensor<"float32">;
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
  /** Emits a text encoder for one chunk, with the input `input_ids` and the outputs named by `hiddenStates` and `pooled`. */
  buildTextEncoder(encoder: Component<ClipTextConfig>, sizes: TextEncoderSizes): Model;
  /** The text encoder's output that prompts are made of. */
  readonly hiddenStates: string;
  /** The output of a text encoder that pools a prompt, [1, width]. */
  readonly pooled?: string;
  /** True if `clipSkip` applies to the prompt alone, and not to the negative prompt. */
  readonly keepsNegativeLayers?: boolean;
  /** True if a VAE whose config has `force_upcast` computes in float32: its values overflow float16. */
  readonly upcastsVae?: boolean;
  /** Options of a request that this architecture reads and others do not. */
  readonly options?: readonly (keyof GenerateOptions)[];
  /** Joins a prompt's encodings, one of each text encoder in their order, to the U-Net's inputs. */
  conditioning(encoded: readonly EncodedPrompt[], size: SizeConditioning): Conditioning;
  /** Emits the U-Net, with the inputs `sample` and `timestep` beside the conditioning. */
  buildUNet(unet: Component<UNetConfig>, sizes: UNetSizes): Model;
}

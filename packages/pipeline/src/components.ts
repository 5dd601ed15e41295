import type {
  Architecture,
  ClipTextConfig,
  Component,
  TaesdConfig,
  TextEncoderName,
  UNetConfig,
  VaeConfig,
} from "@sunstep/checkpoint";
import type { Runtime } from "@sunstep/runtime";
import type { SchedulerConfig } from "@sunstep/scheduler";
import type { ClipTokenizer } from "@sunstep/tokenizer";
import type { ArchitectureRule } from "./architectures/architecture.js";
import type { ModelDefaults } from "./request/request-settings.js";
import type { AttentionMode } from "./sessions/attention-mode.js";
import type { DtypeChoice } from "./sessions/dtype.js";
import type { NetworkPasses } from "./sessions/network-name.js";

/** A text encoder with the tokenizer of its vocabulary. */
export interface TextEncoderModule extends Component<ClipTextConfig> {
  readonly name: TextEncoderName;
  readonly tokenizer: ClipTokenizer;
}

/** The components of a pipeline. Each can be replaced by another of its kind. */
export interface PipelineComponents {
  readonly runtime: Runtime;
  /** The networks and how they fit together: a checkpoint's architecture, or a rule of your own. */
  readonly architecture: Architecture | ArchitectureRule;
  readonly unet: Component<UNetConfig>;
  /** In the order in which the architecture joins their states. */
  readonly textEncoders: readonly [TextEncoderModule, ...TextEncoderModule[]];
  readonly vae: Component<VaeConfig>;
  readonly schedulerConfig: SchedulerConfig;
  /** With guidance, an omitted negative prompt is zeros, and not the encoded empty prompt. Default: false. */
  readonly zeroNegative?: boolean;
  /** The tiny autoencoder, for previews and quick decoding; or a function that opens it when it is first needed. */
  readonly taesd?: Component<TaesdConfig> | (() => Promise<Component<TaesdConfig>>);
  /** Passes over every graph of a network: quantization, or passes of your own. */
  readonly passes?: NetworkPasses;
  readonly defaults?: Partial<ModelDefaults>;
  /** Numbers that the networks multiply: "int8" where it pays, "auto" decides by the processor. Default: "float32". */
  readonly dtype?: DtypeChoice;
  /**
   * "downsampled" averages the keys and values of self-attentions over 4096 positions and more, for speed; images differ.
   * Default: "exact".
   */
  readonly attention?: AttentionMode;
  /** How the U-Net evaluates a batch: one image after the other or all at once. Default: as the runtime prefers. */
  readonly batching?: "sequential" | "batched";
}

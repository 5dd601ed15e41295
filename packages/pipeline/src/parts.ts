import type { Checkpoint, Component, TaesdConfig, UNetConfig, VaeConfig } from "@sunstep/checkpoint";
import type { ScaledLora } from "@sunstep/lora";
import type { Runtime } from "@sunstep/runtime";
import type { SchedulerConfig } from "@sunstep/scheduler";
import type { SunAdapter, SunNorm } from "@sunstep/sun-adapter";
import type { ClipTokenizer } from "@sunstep/tokenizer";
import type { ModelDefaults } from "./request.js";

/** What a pipeline is made of. Every part can be exchanged for another of its kind. */
export interface PipelineParts {
  readonly runtime: Runtime;
  readonly unet: Component<UNetConfig>;
  readonly textEncoders: Checkpoint["textEncoders"];
  readonly vae: Component<VaeConfig>;
  readonly tokenizer: ClipTokenizer;
  readonly schedulerConfig: SchedulerConfig;
  /** The tiny autoencoder, for previews and quick decoding; or what opens it, called when it is needed. */
  readonly taesd?: Component<TaesdConfig> | (() => Promise<Component<TaesdConfig>>);
  readonly sun?: SunAdapter;
  /** Whether SUN normalises each picture by itself (default) or, as the authors' code, the batch as one. */
  readonly sunNorm?: SunNorm;
  readonly loras?: readonly ScaledLora[];
  readonly defaults?: Partial<ModelDefaults>;
  /**
   * Whether the U-Net evaluates the images of a batch in turn or at once. Default: the runtime's choice; on a CPU a batch
   * is no faster and takes more memory.
   */
  readonly batching?: Runtime["batching"];
}

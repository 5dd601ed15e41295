import type { Checkpoint } from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import type { PipelineComponents } from "@sunstep/pipeline";
import type { EmbeddingFolder } from "../adapters/embedding-folder.js";
import type { LoraFolder } from "../adapters/lora-folder.js";
import type { OpenedAcceleration } from "../adapters/open-acceleration.js";
import type { Find } from "./find-files.js";
import type { Platform } from "./platform.js";

/** An open model, and what it needs from where it runs. */
export interface ModelParts {
  /** For messages and the images' parameters. */
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly components: PipelineComponents;
  /** Disposes of the runtime with the model. */
  readonly ownsRuntime: boolean;
  readonly find: Find;
  /** LoRAs and textual inversions that prompts may name. */
  readonly loraFolder?: LoraFolder;
  readonly embeddingFolder?: EmbeddingFolder;
  readonly writeFile: Platform["writeFile"];
  readonly onWarning: ((warning: SunstepWarning) => void) | undefined;
  /** The few-step method that the model was distilled by. */
  readonly ownAcceleration?: OpenedAcceleration;
}

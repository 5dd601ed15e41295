import type { NamedScale } from "sunstep";
import type { Acceleration } from "./acceleration.js";
import type { ModelDefaults } from "./settings.js";

/** A model that is open, as the page shows it. */
export interface ModelInfo {
  readonly name: string;
  /** "sd1", "sd2". */
  readonly architecture: string;
  /** "onnxruntime-web 1.30.0 (webgpu)". */
  readonly backend: string;
  readonly defaults: ModelDefaults;
  readonly acceleration?: Acceleration;
  /** The few-step methods that the model or its LoRAs were recognised as. */
  readonly methods?: readonly string[];
  readonly loras: readonly NamedScale[];
  /** The words of the loaded textual inversions. */
  readonly embeddings: readonly string[];
  readonly files: readonly FileSummary[];
  readonly warnings: readonly string[];
}

/** A file of the model and the kind of file it is. */
export interface FileSummary {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** "a SUN adapter". */
  readonly recognised: string;
}

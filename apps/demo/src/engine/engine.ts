// What the page asks of the worker that holds the model. Arguments and results are plain data, Files and Blobs.

import type { ImageParameters, RgbImage } from "sunstep";
import type { FileSummary, ModelInfo } from "../state/model.js";
import type { Progress } from "../state/progress.js";
import type { RunRequest } from "../state/request.js";
import type { CallContext, Remote } from "./remote.js";

export type ModelSource =
  | { readonly kind: "embedded" }
  | { readonly kind: "file"; readonly file: File }
  /** A diffusers folder: files by their path in it. */
  | { readonly kind: "folder"; readonly name: string; readonly files: Readonly<Record<string, File>> };

export type DeviceChoice = "auto" | "webgpu" | "wasm";

export interface Device {
  readonly device: string;
  readonly available: boolean;
  /** Why it is not there, or slower than it might be. */
  readonly reasons: readonly string[];
}

export interface Opened {
  readonly source: ModelSource;
  readonly device: DeviceChoice;
  /** Whether the SUN adapter that comes with the model, if one does, is loaded. */
  readonly ownSun: boolean;
}

export interface RunEvent {
  readonly progress?: Progress | undefined;
  readonly preview?: RgbImage | undefined;
}

export interface RunResult {
  readonly png: Blob;
  readonly width: number;
  readonly height: number;
  readonly parameters: string;
  readonly evaluations: number;
  /** Without loading networks. */
  readonly milliseconds: number;
}

export interface ReadPicture {
  readonly image: RgbImage;
  /** What a PNG of sunstep or AUTOMATIC1111 says of itself. */
  readonly parameters?: ImageParameters;
}

export type AdapterKind = "sun-adapter" | "lora";

export interface RecognisedFile extends FileSummary {
  readonly kind: string;
  /** What to do with it, in a sentence. */
  readonly advice: string;
}

export type EngineMethods = {
  devices(argument: undefined): Promise<readonly Device[]>;
  /** Opens a model in place of the one before, without adapters but its own. */
  open(what: Opened, context: CallContext<Progress>): Promise<ModelInfo>;
  recognise(file: File): Promise<RecognisedFile>;
  addSun(file: File): Promise<ModelInfo>;
  removeSun(argument: undefined): Promise<ModelInfo>;
  /** Returns the model as it is then; the LoRA is the last of its list. */
  addLora(what: { readonly file: File; readonly scale: number }): Promise<ModelInfo>;
  scaleLora(what: { readonly name: string; readonly scale: number }): Promise<ModelInfo>;
  removeLora(name: string): Promise<ModelInfo>;
  generate(request: RunRequest, context: CallContext<RunEvent>): Promise<RunResult>;
  readPicture(file: Blob): Promise<ReadPicture>;
};

export type Engine = Remote<EngineMethods>;

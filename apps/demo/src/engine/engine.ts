// The interface between the page and the worker that holds the model: plain data, Files and Blobs.

import type { DeviceReport, ImageParameters, RgbImage } from "sunstep";
import type { FileSummary, ModelInfo } from "../state/model.js";
import type { Progress } from "../state/progress.js";
import type { RunRequest } from "../state/request.js";
import type { CallContext, Remote } from "./remote.js";

export type ModelSource =
  | { readonly kind: "embedded" }
  /** A model of a server, by its name there. */
  | { readonly kind: "listed"; readonly name: string }
  | { readonly kind: "file"; readonly file: File }
  /** A diffusers folder: files by their relative path. */
  | { readonly kind: "folder"; readonly name: string; readonly files: Readonly<Record<string, File>> };

/** "wasm-int8" is WebAssembly with 8-bit products: it takes a quarter of the memory, so that SD1.5 fits. */
export type DeviceChoice = "auto" | "webgpu" | "wasm" | "wasm-int8";

export interface Opened {
  readonly source: ModelSource;
  readonly device: DeviceChoice;
  /** Loads the acceleration that the model brings, if it brings one. */
  readonly ownAcceleration: boolean;
}

export interface RunEvent {
  readonly progress?: Progress | undefined;
  readonly preview?: RgbImage | undefined;
  /** The preview is of a step that is too early to show the image. */
  readonly washedOut?: boolean | undefined;
}

export interface RunResult {
  readonly png: Blob;
  readonly width: number;
  readonly height: number;
  readonly parameters: string;
  readonly evaluations: number;
  /** Without loading networks; absent while the model warms up. */
  readonly milliseconds?: number;
}

export interface ReadImage {
  readonly image: RgbImage;
  /** The parameters in a PNG by sunstep or AUTOMATIC1111. */
  readonly parameters?: ImageParameters;
}

export type AdapterKind = "acceleration" | "embedding" | "lora";

export interface RecognisedFile extends FileSummary {
  /** An `AdapterKind`, or the file's kind in `identify` of @sunstep/checkpoint. */
  readonly kind: string;
  /** A sentence that says how to use the file. */
  readonly advice: string;
}

export type EngineMethods = {
  devices(argument: undefined): Promise<readonly DeviceReport[]>;
  /** Replaces the open model. Only the adapters that the new model brings are loaded. */
  open(what: Opened, context: CallContext<Progress>): Promise<ModelInfo>;
  recognise(file: File): Promise<RecognisedFile>;
  addAcceleration(file: File): Promise<ModelInfo>;
  removeAcceleration(argument: undefined): Promise<ModelInfo>;
  /** Returns the updated model; the new LoRA is the last of its list. */
  addLora(what: { readonly file: File; readonly scale: number }): Promise<ModelInfo>;
  scaleLora(what: { readonly name: string; readonly scale: number }): Promise<ModelInfo>;
  removeLora(name: string): Promise<ModelInfo>;
  /** Returns the updated model; the new word is the last of its list. */
  addEmbedding(file: File): Promise<ModelInfo>;
  removeEmbedding(name: string): Promise<ModelInfo>;
  generate(request: RunRequest, context: CallContext<RunEvent>): Promise<RunResult>;
  /** Makes an image's pixels as quickly as the model can. */
  draft(request: RunRequest, context: CallContext<never>): Promise<RgbImage>;
  readImage(file: Blob): Promise<ReadImage>;
};

export type Engine = Remote<EngineMethods>;

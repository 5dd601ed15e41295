import type { SingleFileOptions } from "@sunstep/checkpoint";
import type { OnProgress } from "@sunstep/model-registry";
import type { NodeDevice, PreparedCacheOptions } from "@sunstep/runtime-node";
import type { WebDevice } from "@sunstep/runtime-web";
import type { AdapterSource, ModelSource } from "./model-source.js";

/** A LoRA to load with the model. */
export interface LoraSource {
  /** Path, https URL or hub id `owner/name[:file]`; or the file itself. */
  readonly path: AdapterSource;
  /** Default 1. */
  readonly scale?: number;
  /** What to call it afterwards. Default: the file's name. */
  readonly name?: string;
}

export interface FromPretrainedOptions {
  /** What to call the model in messages and in what is written into pictures. Default: what it was given as. */
  readonly name?: string;
  /**
   * SUN adapter: a file, URL, hub id or name ("sun-sd15"). Makes pictures in 4 steps without guidance. Default: the one
   * that comes with the model, as the embedded model's does; false: none.
   */
  readonly sun?: AdapterSource | false;
  readonly loras?: readonly (AdapterSource | LoraSource)[];
  /**
   * Tiny autoencoder for previews and `decoder: "taesd"`. Default: the one that comes with the model, as the embedded
   * model's does; true: that, or the name "taesd" where there is none; false: none.
   */
  readonly taesd?: ModelSource | boolean;
  /** Where to compute. Default "auto": in Node the CPU, in browsers WebGPU, else WebAssembly ("wasm"). */
  readonly device?: NodeDevice | WebDevice;
  /** Threads of one network evaluation. Default: one for each physical core. */
  readonly threads?: number;
  /** Branch, tag or commit of a hub model. */
  readonly revision?: string;
  /** "fp16" takes a repository's *.fp16.safetensors. Default: those where they exist. */
  readonly variant?: string;
  /** What the U-Net of a single file predicts, where the file does not tell. */
  readonly predictionType?: SingleFileOptions["predictionType"];
  /** Fields of the networks' configs that a single file of unusual widths does not tell: numbers of heads, groups. */
  readonly config?: SingleFileOptions["config"];
  /** Use only what is on this machine. */
  readonly offline?: boolean;
  /** For gated and private hub models. Default in Node: HF_TOKEN, or what `hf auth login` wrote. */
  readonly token?: string;
  /** Cancels downloads and loading. */
  readonly signal?: AbortSignal;
  /** Told about downloads. */
  readonly onProgress?: OnProgress;
  /** Node: where large models are kept as ONNX Runtime has prepared them, so that they load at once; false: nowhere. */
  readonly cache?: PreparedCacheOptions | false;
  /** Browsers: the folder that ONNX Runtime's WebAssembly is served from. Default: where the bundler put it. */
  readonly wasmPaths?: string | URL;
}

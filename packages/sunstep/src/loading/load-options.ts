import type { SingleFileOptions } from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import type { OnProgress } from "@sunstep/model-registry";
import type { Acceleration, AttentionMode, DtypeChoice, NetworkPasses } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import type { NodeDevice, PreparedCacheOptions } from "@sunstep/runtime-node";
import type { WebDevice } from "@sunstep/runtime-web";
import type { NegativeOption } from "../adapters/negative-option.js";
import type { AdapterSource, ModelSource } from "./model-source.js";

/** A LoRA to load with the model. */
export interface LoraSource {
  /** Path, https URL or hub id `owner/name[:file]`; or the file itself. */
  readonly path: AdapterSource;
  /** Default 1. */
  readonly scale?: number;
  /** Scale of its part in the text encoders. Default: `scale`. */
  readonly textEncoderScale?: number;
  /** The LoRA's name afterwards. Default: the file's name. */
  readonly name?: string;
}

/** A textual inversion to load with the model. */
export interface EmbeddingSource {
  /** Path, https URL or hub id `owner/name[:file]`; or the file itself. */
  readonly path: AdapterSource;
  /** The word that stands for it in prompts. Default: the word that the file tells, as diffusers' do, else its name. */
  readonly name?: string;
}

/** A few-step method's file, with the settings that its name does not tell. */
export interface AccelerationSource {
  /** Path, https URL or hub id `owner/name[:file]`; or the file itself. */
  readonly path: AdapterSource;
  /** The method, as "lcm-lora", "hyper-sd". Default: the one that the file is recognised as. */
  readonly method?: string;
  /** Strength of the LoRA. Default: the method's. */
  readonly scale?: number;
  /** The name in messages and in the images' parameters. Default: the file's name. */
  readonly name?: string;
}

/** A ControlNet to load with the model. */
export interface ControlNetSource {
  /** A diffusers folder or a .safetensors file: path, https URL or hub id; or the files themselves. */
  readonly path: ModelSource;
  /** The ControlNet's name afterwards. Default: the name of the file or folder. */
  readonly name?: string;
}

/** Returns a bare source as one with options. Electron's files have a path; a folder's file may be named "path". */
export function withOptions<S extends { readonly path: ModelSource }>(
  source: S | S["path"],
): Pick<S, "path"> & Partial<S> {
  return hasOptions(source) ? source : ({ path: source } as Pick<S, "path"> & Partial<S>);
}

function hasOptions<S extends { readonly path: ModelSource }>(source: S | S["path"]): source is S {
  return (
    typeof source === "object" && !(source instanceof Blob) && "path" in source && !("config.json" in source)
  );
}

/** Options of `fromPretrained`. */
export interface LoadOptions {
  /** The model's name in messages and in the images' parameters. Default: what it was given as. */
  readonly name?: string;
  /**
   * A few-step method, which `generate` then uses by default: its file (LCM-LoRA, Hyper-SD, TCD, PCM, Lightning, DMD2 …),
   * whose settings are recognised; its name alone ("lightning"), for a model or LoRA that has its weights; or an acceleration of
   * your own. Default: the one that the model or a LoRA is recognised as. false: none, not even one that comes with the
   * model.
   */
  readonly acceleration?: Acceleration | AdapterSource | AccelerationSource | false;
  /** The reader of negative prompts where `generate` is not told. */
  readonly negative?: NegativeOption;
  readonly loras?: readonly (AdapterSource | LoraSource)[];
  /** Textual inversions, words for prompts and negative prompts: bare, or as `embedding:name`. */
  readonly embeddings?: readonly (AdapterSource | EmbeddingSource)[];
  /** ControlNets for `controls` of `generate`. */
  readonly controlnets?: readonly (ModelSource | ControlNetSource)[];
  /**
   * Folder of LoRAs that prompts may name, as in `<lora:name:0.8>`: in Node its path; or its files. A LoRA applies to the
   * images of that prompt only.
   */
  readonly loraFolder?: string | readonly File[] | Readonly<Record<string, Blob>>;
  /** Folder of textual inversions that prompts and negative prompts may name: in Node its path; or its files. */
  readonly embeddingFolder?: string | readonly File[] | Readonly<Record<string, Blob>>;
  /**
   * Tiny autoencoder for previews and `decoder: "taesd"`: a diffusers folder, or a file in diffusers' or its authors' names
   * (`taesd_decoder.safetensors`). Default: the one that comes with the model, as the embedded
   * model's does; true: that, or the name "taesd", of Stable Diffusion XL "taesdxl", where there is none; false: none.
   */
  readonly taesd?: ModelSource | boolean;
  /**
   * VAE in place of the model's, or for a model without one: a diffusers folder, a file in diffusers' or in the original
   * names, or another checkpoint, of which the VAE is taken.
   */
  readonly vae?: ModelSource;
  /** Passes over every graph of a network, after those of adapters: `{ unet: [pass] }`. */
  readonly passes?: NetworkPasses;
  /**
   * Numbers that the networks multiply. "int8" is about twice as fast on CPUs and takes a quarter of the memory; images
   * differ slightly. "auto" takes it on processors with VNNI, where it is known to be faster. Default: "float32", or what the
   * device is fastest with.
   */
  readonly dtype?: DtypeChoice;
  /**
   * "downsampled" averages the keys and values of self-attentions over 4096 positions and more (images of 512x512) over 2x2
   * positions, for speed; details differ. Default: "exact".
   */
  readonly attention?: AttentionMode;
  /** The backend, which you dispose of yourself. Default: one for `device`, which the model disposes of. */
  readonly runtime?: Runtime;
  /** Where to compute. Default "auto": in Node the CPU, in browsers WebGPU, else WebAssembly ("wasm"). */
  readonly device?: NodeDevice | WebDevice;
  /** Threads of one network evaluation. Default: one for each physical core. */
  readonly threads?: number;
  /** Branch, tag or commit of a hub model. */
  readonly revision?: string;
  /** "fp16" takes a repository's *.fp16.safetensors. Default: those where they exist. */
  readonly variant?: string;
  /** The prediction type of a single file's U-Net, if the file does not state it. */
  readonly predictionType?: SingleFileOptions["predictionType"];
  /** Fields of the networks' configs that a single file of unusual widths does not tell: numbers of heads, groups. */
  readonly config?: SingleFileOptions["config"];
  /** Use only the files on this machine. */
  readonly offline?: boolean;
  /** For gated and private hub models. Default in Node: HF_TOKEN, or the token that `hf auth login` wrote. */
  readonly token?: string;
  /** Cancels downloads and loading. */
  readonly signal?: AbortSignal;
  /** Receives the progress of downloads. */
  readonly onProgress?: OnProgress;
  /** Receives the warnings of loading and of every `generate`. */
  readonly onWarning?: (warning: SunstepWarning) => void;
  /** Node: where large models are kept as ONNX Runtime has prepared them, so that they load at once; false: nowhere. */
  readonly cache?: PreparedCacheOptions | false;
  /** Browsers: the folder that ONNX Runtime's WebAssembly is served from. Default: where the bundler put it. */
  readonly wasmPaths?: string | URL;
}

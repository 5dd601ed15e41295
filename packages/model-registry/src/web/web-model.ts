import type { ModelEntry } from "../model-entry.js";
import type { OnProgress } from "../progress.js";
import type { RetryPolicy } from "../retry.js";
import type { SelectOptions } from "../select-files.js";

export interface WebResolveOptions {
  /** Branch, tag or commit of a hub repository. Default: "main". */
  readonly revision?: string | undefined;
  /** "fp16" picks `*.fp16.safetensors`, null the plain files. Default: fp16 where it exists. */
  readonly variant?: SelectOptions["variant"];
  /** Resolves only the folder of this network, if the model is a whole pipeline: the VAE of another model, say. */
  readonly component?: SelectOptions["component"];
  /** Expected sha256 of a URL's file. */
  readonly sha256?: string | undefined;
  /** Additional names, as for `listModels`, and the URLs of the files of those that the page itself serves. */
  readonly names?: readonly ModelEntry[] | undefined;
  readonly served?: Readonly<Record<string, Readonly<Record<string, URL>>>> | undefined;
  /** Token for gated and private models of the hub, sent to the hub only. */
  readonly token?: string | undefined;
  /** Default: https://huggingface.co. */
  readonly endpoint?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Number and delay of retries. */
  readonly retry?: RetryPolicy | undefined;
}

/** A model in the browser. */
export type WebModel =
  | { readonly kind: "file"; readonly name: string; readonly blob: Blob }
  /** Files by their paths in a diffusers folder. */
  | { readonly kind: "folder"; readonly files: Readonly<Record<string, Blob>> };

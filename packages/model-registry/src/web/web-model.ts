import type { ModelEntry } from "../builtin-models.js";
import type { OnProgress } from "../progress.js";
import type { RetryPolicy } from "../retry.js";
import type { SelectOptions } from "../select-files.js";

export interface WebResolveOptions {
  /** Branch, tag or commit of a hub repository. Default: "main". */
  readonly revision?: string | undefined;
  /** "fp16" picks `*.fp16.safetensors`, null the plain files. Default: fp16 where it exists. */
  readonly variant?: SelectOptions["variant"];
  /** What a downloaded URL's contents must hash to. */
  readonly sha256?: string | undefined;
  /** Further names, as `listModels` takes them, and the addresses of the files of those that the page serves itself. */
  readonly names?: readonly ModelEntry[] | undefined;
  readonly served?: Readonly<Record<string, Readonly<Record<string, URL>>>> | undefined;
  /** For gated and private models of the hub; it goes there only. */
  readonly token?: string | undefined;
  /** Default: https://huggingface.co. */
  readonly endpoint?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** How often, and how fast, a failed request is repeated. */
  readonly retry?: RetryPolicy | undefined;
}

/** A model in the browser. */
export type WebModel =
  | { readonly kind: "file"; readonly name: string; readonly blob: Blob }
  /** Files by their paths in a diffusers folder. */
  | { readonly kind: "folder"; readonly files: Readonly<Record<string, Blob>> };

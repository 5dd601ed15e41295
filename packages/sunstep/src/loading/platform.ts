import type { FileTree } from "@sunstep/checkpoint";
import type { ByteSource } from "@sunstep/files";
import type { ModelDefaults } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import type { AdapterSource, ModelSource } from "./model-source.js";

/** The differences between Node and browsers. */
export interface Platform {
  startRuntime(): Promise<Runtime>;
  /** Finds the files that a path, URL, hub id or name stands for; downloads them if need be. */
  find(source: string, options: FindOptions): Promise<FoundFiles>;
  /** Opens a folder by its path; `option` is for messages. @throws SunstepError ADAPTER_FOLDER */
  openFolder(path: string, option: string): Promise<FileTree>;
  /** Writes an image file whole or not at all. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
}

export interface FindOptions {
  readonly revision?: string | undefined;
  readonly variant?: string | undefined;
  /** Finds, and downloads, only this network of a whole model. */
  readonly component?: "vae" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The files of a model or adapter: a folder's, or one. */
export interface FoundFiles {
  readonly files: FileTree | ByteSource;
  /** The folder that a single file lies in, for files that describe it. */
  readonly beside?: FileTree;
  /** The model's best settings, if they are known. */
  readonly defaults?: Partial<ModelDefaults>;
  /** The few-step adapter and the tiny autoencoder that come with the model. */
  readonly adapter?: { readonly source: AdapterSource; readonly name: string };
  readonly taesd?: ModelSource;
}

export interface ResolvedFile {
  /** Relative to the model's folder, "/"-separated. */
  readonly path: string;
  readonly absolutePath: string;
  readonly size: number;
}

/** A model on this machine. */
export interface ResolvedModel {
  readonly kind: "folder" | "file";
  /** The folder or file. */
  readonly path: string;
  /** Of a hub folder: the files that were chosen; the cache may hold others beside them. */
  readonly files: readonly ResolvedFile[];
  readonly origin: ModelOrigin;
}

export type ModelOrigin =
  | { readonly type: "local" }
  | { readonly type: "hub"; readonly repository: string; readonly revision: string; readonly commit: string }
  | { readonly type: "url"; readonly url: string };

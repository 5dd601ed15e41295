export interface ResolvedFile {
  /** Path relative to the model's folder, with "/" between folders. */
  readonly path: string;
  readonly absolutePath: string;
  readonly size: number;
}

/** A model whose files are on this machine. */
export interface ResolvedModel {
  readonly kind: "folder" | "file";
  /** Path of the folder or file. */
  readonly path: string;
  /** For a hub folder, the chosen files; the cache may hold others beside them. */
  readonly files: readonly ResolvedFile[];
  readonly origin: ModelOrigin;
}

export type ModelOrigin =
  | { readonly type: "local" }
  | { readonly type: "hub"; readonly repository: string; readonly revision: string; readonly commit: string }
  | { readonly type: "url"; readonly url: string };

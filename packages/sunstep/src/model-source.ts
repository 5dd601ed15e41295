// What a model or an adapter may be given as.

/**
 * A model: a name of `listModels()`, a path, a URL or a hub id; a `File` or other Blob of one .safetensors file; the
 * files of a diffusers folder, as a picker of folders gives them or by their paths in it.
 */
export type ModelSource = string | Blob | readonly File[] | Readonly<Record<string, Blob>>;

/** An adapter's .safetensors file: a path, URL, hub id or name; or the file itself. */
export type AdapterSource = string | Blob;

/** For messages and as the name of an adapter. */
export function nameOf(source: ModelSource): string {
  if (typeof source === "string") return source;
  if (source instanceof Blob) return (source as Partial<File>).name ?? "a Blob";
  if (Array.isArray(source)) {
    const [first] = source as readonly File[];
    return folderOf(first) ?? first?.name ?? "no files";
  }
  return "a folder";
}

/** The folder that was picked, which all of its files' paths begin with. */
function folderOf(file: File | undefined): string | undefined {
  const { webkitRelativePath = "" } = (file ?? {}) as Partial<File>;
  return webkitRelativePath.includes("/") ? webkitRelativePath.split("/")[0] : undefined;
}

/** Files of a picked folder by their paths in it. */
export function filesByPath(files: readonly File[]): Readonly<Record<string, Blob>> {
  return Object.fromEntries(
    files.map((file) => [folderOf(file) ? file.webkitRelativePath.replace(/^[^/]*\//, "") : file.name, file]),
  );
}

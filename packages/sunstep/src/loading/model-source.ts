// The forms in which models and adapters are given.

/**
 * A model: a name of `listModels()`, a path, a URL or a hub id; a `File` or other Blob of one .safetensors file; the
 * files of a diffusers folder, as a picker of folders gives them or by their paths in it.
 */
export type ModelSource = string | Blob | readonly File[] | Readonly<Record<string, Blob>>;

/** An adapter's .safetensors file: a path, URL, hub id or name; or the file itself. */
export type AdapterSource = string | Blob;

/** Returns a name for messages, and for adapters. */
export function nameOf(source: ModelSource): string {
  if (typeof source === "string") return source;
  if (source instanceof Blob) return (source as Partial<File>).name ?? "a Blob";
  if (Array.isArray(source)) {
    const [first] = source as readonly File[];
    return folderOf(first) ?? first?.name ?? "no files";
  }
  return "a folder";
}

/** Returns the picked folder, with which the paths of all its files begin. */
function folderOf(file: File | undefined): string | undefined {
  const { webkitRelativePath = "" } = (file ?? {}) as Partial<File>;
  return webkitRelativePath.includes("/") ? webkitRelativePath.split("/")[0] : undefined;
}

/** Returns the files of a picked folder by their paths in it. */
export function filesByPath(files: readonly File[]): Readonly<Record<string, Blob>> {
  return Object.fromEntries(
    files.map((file) => [folderOf(file) ? file.webkitRelativePath.replace(/^[^/]*\//, "") : file.name, file]),
  );
}

/** Returns the last part of a name, without ending: "styles/Ink Wash.safetensors" is "Ink Wash", "owner/name" is "name". */
export function fileStem(source: string): string {
  const last = source.split(/[/\\:]/).at(-1) || source;
  return last.replace(/\.safetensors$/i, "") || last;
}

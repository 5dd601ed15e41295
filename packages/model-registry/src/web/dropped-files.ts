/**
 * Returns the files that were dropped on the page: files as a list, a folder as files by their paths in it. Call it while
 * the drop event is handled; afterwards the browser has forgotten them.
 */
export async function droppedFiles(
  data: DataTransfer,
): Promise<readonly File[] | Readonly<Record<string, File>>> {
  const entries = Array.from(data.items).flatMap((item) => item.webkitGetAsEntry() ?? []);
  const [first] = entries;
  if (entries.length !== 1 || !first?.isDirectory) return Array.from(data.files);
  const files: Record<string, File> = {};
  await collect(first as FileSystemDirectoryEntry, "", files);
  return files;
}

async function collect(
  folder: FileSystemDirectoryEntry,
  prefix: string,
  files: Record<string, File>,
): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // The reader returns batches; an empty one is the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    for (const entry of entries) {
      const path = prefix + entry.name;
      if (entry.isDirectory) await collect(entry as FileSystemDirectoryEntry, `${path}/`, files);
      else
        files[path] = await new Promise<File>((resolve, reject) =>
          (entry as FileSystemFileEntry).file(resolve, reject),
        );
    }
  }
}

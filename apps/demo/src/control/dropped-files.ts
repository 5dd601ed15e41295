import type { FileInFolder } from "../state/picked-folder.js";

export interface Dropped {
  readonly files: readonly File[];
  /** Each folder with all its files, nested ones included. */
  readonly folders: readonly (readonly FileInFolder[])[];
}

/** Reads a drop's items. Call it inside the event handler: browsers clear the items afterwards. */
export async function droppedFiles(items: ArrayLike<DataTransferItem>): Promise<Dropped> {
  const files: File[] = [];
  const folders: Promise<readonly FileInFolder[]>[] = [];
  for (const item of Array.from(items)) {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(filesIn(entry as FileSystemDirectoryEntry));
    else if (file) files.push(file);
  }
  return { files, folders: await Promise.all(folders) };
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<readonly FileInFolder[]> {
  const entries = await entriesOf(folder.createReader());
  const found = entries.map((entry) =>
    entry.isDirectory ? filesIn(entry as FileSystemDirectoryEntry) : oneFile(entry as FileSystemFileEntry),
  );
  return (await Promise.all(found)).flat();
}

async function oneFile(entry: FileSystemFileEntry): Promise<readonly FileInFolder[]> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return [{ path: entry.fullPath.replace(/^\//, ""), file }];
}

/** Reads all entries: a reader returns them in batches, and an empty one at the end. */
async function entriesOf(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

import { expect, it } from "vitest";
import { droppedFiles } from "../../src/control/dropped-files.js";

/** The used part of the browser's entries. */
interface Entry {
  readonly isDirectory: boolean;
  readonly fullPath: string;
  file?(resolve: (file: File) => void): void;
  createReader?(): { readEntries(resolve: (some: Entry[]) => void): void };
}

const fileEntry = (fullPath: string): Entry => ({
  isDirectory: false,
  fullPath,
  file: (resolve: (file: File) => void) => resolve(new File([fullPath], fullPath.split("/").at(-1)!)),
});

const folderEntry = (fullPath: string, children: readonly Entry[]): Entry => ({
  isDirectory: true,
  fullPath,
  createReader() {
    // Batches of two, where browsers return a hundred.
    const left = [...children];
    return { readEntries: (resolve: (some: Entry[]) => void) => resolve(left.splice(0, 2)) };
  },
});

const item = (entry: Entry | null, file: File | null) =>
  ({ webkitGetAsEntry: () => entry, getAsFile: () => file }) as unknown as DataTransferItem;

it("reads folders completely, and tells them from files", async () => {
  const folder = folderEntry("/sd", [
    fileEntry("/sd/model_index.json"),
    folderEntry("/sd/unet", [fileEntry("/sd/unet/config.json")]),
    fileEntry("/sd/README.md"),
  ]);
  const lora = new File([""], "ink.safetensors");
  const { files, folders } = await droppedFiles([
    item(folder, new File([""], "sd")),
    item(fileEntry("/ink.safetensors"), lora),
    // A file made by a script has no entry, and dragged text is not a file.
    item(null, lora),
    item(null, null),
  ]);
  expect(files).toEqual([lora, lora]);
  expect(folders.map((all) => all.map(({ path }) => path).sort())).toEqual([
    ["sd/README.md", "sd/model_index.json", "sd/unet/config.json"],
  ]);
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobSource, memorySource } from "../src/index.js";
import { fileOfSize, fileSource } from "../src/node.js";
import { temporaryFolder } from "./temporary-folder.js";

describe("a byte source", () => {
  it("reads the same part from memory, a Blob and a disk, cut at the end of the file", async () => {
    const path = join(temporaryFolder(), "file");
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
    writeFileSync(path, bytes);
    const sources = [
      memorySource(bytes),
      blobSource(new Blob([bytes])),
      await fileSource(path),
      fileOfSize(path, 100),
    ];
    const part = fc.record({ offset: fc.nat(120), length: fc.nat(120) });
    await fc.assert(
      fc.asyncProperty(part, async ({ offset, length }) => {
        for (const source of sources) {
          expect(source.size).toBe(100);
          expect(await source.read(offset, length)).toEqual(bytes.slice(offset, offset + length));
        }
      }),
    );
  });

  it("gives a copy of bytes in memory, which a reader may change or transfer", async () => {
    const bytes = Uint8Array.of(1, 2);
    (await memorySource(bytes).read(0, 2)).fill(9);
    expect(bytes).toEqual(Uint8Array.of(1, 2));
  });

  it("is named for its file", async () => {
    const path = join(temporaryFolder(), "model.safetensors");
    writeFileSync(path, "");
    expect(await fileSource(path)).toMatchObject({ name: "model.safetensors", path });
    expect(await fileSource(path, "unet/model.safetensors")).toMatchObject({
      name: "unet/model.safetensors",
    });
    expect(blobSource(new File([], "dropped.safetensors")).name).toBe("dropped.safetensors");
  });

  it("refuses a folder and a path where nothing is", async () => {
    const folder = temporaryFolder();
    for (const path of [folder, join(folder, "nothing")]) {
      await expect(fileSource(path)).rejects.toMatchObject({ code: "FILE_MISSING", details: { file: path } });
    }
  });
});

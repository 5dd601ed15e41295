import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { writePng, writeWhole } from "../src/node/write-file.js";
import { temporaryFolder } from "./temporary-folder.js";

// The real function, unless a test puts a failing one into its place.
vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  return { ...real, writeFile: vi.fn(real.writeFile) };
});

const bytes = Uint8Array.of(1, 2, 3);

it("makes folders, writes over a file, and leaves nothing else", async () => {
  const folder = temporaryFolder();
  await writePng(join(folder, "a/b/x.PNG"), Uint8Array.of(9));
  await writePng(join(folder, "a/b/x.PNG"), bytes);
  expect(readFileSync(join(folder, "a/b/x.PNG"))).toEqual(Buffer.from(bytes));
  expect(readdirSync(join(folder, "a/b"))).toEqual(["x.PNG"]);
});

it.each([
  ["ENOSPC", "DISK_FULL"],
  ["EDQUOT", "DISK_FULL"],
  ["EROFS", "FILE_NOT_WRITABLE"],
  ["EACCES", "FILE_NOT_WRITABLE"],
])("after %s the old file is whole, nothing is left, and the error is %s", async (errno, code) => {
  const folder = temporaryFolder();
  const path = join(folder, "x.png");
  writeFileSync(path, "old");
  vi.mocked(writeFile).mockImplementationOnce(async (partial) => {
    writeFileSync(partial as string, "ha");
    throw Object.assign(new Error(`${errno}: no`), { code: errno });
  });
  await expect(writeWhole(path, bytes)).rejects.toMatchObject({ code, details: { file: path } });
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["x.png"]);
});

it("refuses other endings, and places that are no folders", async () => {
  const folder = temporaryFolder();
  await expect(writePng(join(folder, "x.jpg"), bytes)).rejects.toMatchObject({ code: "IMAGE_FILE_FORMAT" });
  writeFileSync(join(folder, "file"), "");
  await expect(writePng(join(folder, "file/x.png"), bytes)).rejects.toMatchObject({
    code: "FILE_NOT_WRITABLE",
  });
  await expect(writePng(join(folder, "taken.png"), bytes)).resolves.toBeUndefined();
  expect(readdirSync(folder).sort()).toEqual(["file", "taken.png"]);
});

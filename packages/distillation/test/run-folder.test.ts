import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runFolder } from "../src/node.js";
import { temporaryFolder } from "./temporary-folder.js";

it("creates a folder, and writes, lists, reads, replaces and removes its files", async () => {
  const path = join(temporaryFolder(), "new", "folder");
  const folder = runFolder(path);
  expect(await folder.list()).toEqual([]);
  await folder.write("a", Uint8Array.of(1, 2));
  await folder.write("a", Uint8Array.of(3));
  expect(await folder.list()).toEqual(["a"]);
  const source = await folder.open("a");
  expect(await source?.read(0, 9)).toEqual(Uint8Array.of(3));
  await folder.remove("a");
  await folder.remove("a");
  expect(readdirSync(path)).toEqual([]);
});

it("names the file that it may not write", async () => {
  const writing = runFolder("/dev/null/runs").write("a", Uint8Array.of(1));
  await expect(writing).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
});

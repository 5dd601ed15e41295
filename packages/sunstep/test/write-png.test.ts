import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writePng } from "../src/node/write-png.js";
import { temporaryFolder } from "./temporary-folder.js";

it("writes a name that ends in .png or .PNG, and refuses other endings", async () => {
  const folder = temporaryFolder();
  await writePng(join(folder, "a/x.PNG"), Uint8Array.of(1, 2, 3));
  await expect(writePng(join(folder, "x.jpg"), Uint8Array.of(1))).rejects.toMatchObject({
    code: "IMAGE_FILE_FORMAT",
  });
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(join(folder, "a/x.PNG"))).toEqual(Buffer.of(1, 2, 3));
});

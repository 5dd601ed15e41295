import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { emojiModelFiles, emojiTinyAutoencoderFiles } from "@sunstep/emoji-model/files";
import { selectFiles } from "@sunstep/model-registry";
import { expect, it } from "vitest";

// The addresses are literals, which bundlers need; this holds them to the folder and to the layout of such folders.
const paths = readdirSync(fileURLToPath(emojiModelUrl), { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.\w+$/.test(path));

it("lists the files of the model that a pipeline needs, and no others", () => {
  expect(Object.keys(emojiModelFiles).sort()).toEqual(selectFiles(paths, "the model").files);
});

it("lists the files of the tiny autoencoder", () => {
  const { files } = selectFiles(paths, "the model", { path: "tiny_autoencoder" });
  expect(Object.keys(emojiTinyAutoencoderFiles).sort()).toEqual(
    files.map((file) => file.replace("tiny_autoencoder/", "")),
  );
});

it.each(Object.entries({ ...emojiModelFiles, ...emojiTinyAutoencoderFiles }))(
  "gives the address of %s",
  (path, url) => {
    expect(url.pathname.endsWith(path)).toBe(true);
    expect(existsSync(url)).toBe(true);
  },
);

import { expect, it } from "vitest";
import { folderSource } from "../../src/state/picked-folder.js";

const files = (...paths: string[]) => paths.map((path) => ({ path, file: new File([path], "x") }));
const pathsOf = (...paths: string[]) => {
  const source = folderSource(files(...paths));
  return source?.kind === "folder" ? [source.name, ...Object.keys(source.files)] : undefined;
};

it("a model's folder: files by their paths in it", () => {
  expect(pathsOf("sd/model_index.json", "sd/unet/config.json")).toEqual([
    "sd",
    "model_index.json",
    "unet/config.json",
  ]);
});

it("a folder that holds the model's: what lies beside it is left out", () => {
  const snapshot = "models--a--b/snapshots/0a1b";
  expect(
    pathsOf("models--a--b/refs/main", `${snapshot}/model_index.json`, `${snapshot}/vae/config.json`),
  ).toEqual(["models--a--b", "model_index.json", "vae/config.json"]);
});

it("without an index, all files, for the model's reader to judge", () => {
  expect(pathsOf("stuff/a.txt", "stuff/b/c.txt")).toEqual(["stuff", "a.txt", "b/c.txt"]);
  expect(folderSource([])).toBeUndefined();
});

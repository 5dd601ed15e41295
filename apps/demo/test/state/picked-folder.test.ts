import { expect, it } from "vitest";
import { folderSource } from "../../src/state/picked-folder.js";

const files = (...paths: string[]) => paths.map((path) => ({ path, file: new File([path], "x") }));
const pathsOf = (...paths: string[]) => {
  const source = folderSource(files(...paths));
  return source?.kind === "folder" ? [source.name, ...Object.keys(source.files)] : undefined;
};

it("gives the files of a model folder by relative path", () => {
  expect(pathsOf("sd/model_index.json", "sd/unet/config.json")).toEqual([
    "sd",
    "model_index.json",
    "unet/config.json",
  ]);
});

it("finds a model deeper in a folder, and leaves out files beside it", () => {
  const snapshot = "models--a--b/snapshots/0a1b";
  expect(
    pathsOf("models--a--b/refs/main", `${snapshot}/model_index.json`, `${snapshot}/vae/config.json`),
  ).toEqual(["models--a--b", "model_index.json", "vae/config.json"]);
});

it("gives all files without an index, for the checkpoint reader to judge", () => {
  expect(pathsOf("stuff/a.txt", "stuff/b/c.txt")).toEqual(["stuff", "a.txt", "b/c.txt"]);
  expect(folderSource([])).toBeUndefined();
});

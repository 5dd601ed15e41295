import { expect, it } from "vitest";
import { fileAt, isNeeded, keyOf, rangeOf } from "../../src/offline/served-files.js";

const files = [
  { path: "index.html", hash: "aa", size: 10 },
  { path: "assets/unet.safetensors", hash: "bb", size: 1000 },
];
const scope = "https://someone.github.io/demo/";

it("finds files by URL, regardless of the query", () => {
  const at = (url: string) => fileAt(url, scope, files)?.path;
  expect(at("https://someone.github.io/demo/")).toBe("index.html");
  expect(at("https://someone.github.io/demo/?utm=1#x")).toBe("index.html");
  expect(at("https://someone.github.io/demo/assets/unet.safetensors")).toBe("assets/unet.safetensors");
  expect(at("https://someone.github.io/other/index.html")).toBeUndefined();
  expect(at("https://elsewhere.org/demo/index.html")).toBeUndefined();
});

it("keys a file by the hash of its contents", () => {
  expect(keyOf(files[1]!, scope)).toBe("https://someone.github.io/demo/assets/unet.safetensors?bb");
});

it("needs one of the two builds of ONNX Runtime, and every other file", () => {
  const paths = [
    "assets/ort-wasm-simd-threaded-1a.wasm",
    "assets/ort-wasm-simd-threaded.asyncify-2b.wasm",
    "index.html",
  ];
  const needed = (device: "webgpu" | "wasm") =>
    paths.map((path) => isNeeded({ path, hash: "", size: 1 }, device));
  expect(needed("wasm")).toEqual([true, false, true]);
  expect(needed("webgpu")).toEqual([false, true, true]);
});

it("parses a single range, and ignores other Range headers", () => {
  expect(rangeOf("bytes=10-19", 1000)).toEqual({ start: 10, end: 19 });
  expect(rangeOf("bytes=990-", 1000)).toEqual({ start: 990, end: 999 });
  expect(rangeOf("bytes=990-5000", 1000)).toEqual({ start: 990, end: 999 });
  expect(rangeOf("bytes=-10", 1000)).toEqual({ start: 990, end: 999 });
  for (const header of [null, "bytes=-", "bytes=2000-", "bytes=1-2,4-5", "lines=1-2"]) {
    expect(rangeOf(header, 1000), String(header)).toBeUndefined();
  }
});

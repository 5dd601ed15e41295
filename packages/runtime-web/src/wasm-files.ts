import type { WebDevice } from "./devices.js";

export interface WasmFiles {
  readonly mjs: string;
  readonly wasm: string;
}

type Device = Exclude<WebDevice, "auto">;

/** ONNX Runtime's files beside this module, where bundlers find them and copy them along. */
const ownFiles: Readonly<Record<Device, () => { readonly mjs: URL; readonly wasm: URL }>> = {
  wasm: () => ({
    mjs: new URL("./ort-wasm-simd-threaded.mjs", import.meta.url),
    wasm: new URL("./ort-wasm-simd-threaded.wasm", import.meta.url),
  }),
  webgpu: () => ({
    mjs: new URL("./ort-wasm-simd-threaded.asyncify.mjs", import.meta.url),
    wasm: new URL("./ort-wasm-simd-threaded.asyncify.wasm", import.meta.url),
  }),
};

const names: Readonly<Record<Device, string>> = {
  wasm: "ort-wasm-simd-threaded",
  webgpu: "ort-wasm-simd-threaded.asyncify",
};

/** Returns the absolute URLs of the files for a device, in the folder `wasmPaths` if it is given. */
export function wasmFiles(device: Device, wasmPaths: string | URL | undefined): WasmFiles {
  if (wasmPaths === undefined) {
    const { mjs, wasm } = ownFiles[device]();
    return { mjs: mjs.href, wasm: wasm.href };
  }
  const folder = new URL(
    String(wasmPaths).replace(/\/?$/, "/"),
    globalThis.document?.baseURI ?? location.href,
  );
  const file = (ending: string) => new URL(`${names[device]}${ending}`, folder).href;
  return { mjs: file(".mjs"), wasm: file(".wasm") };
}

// The page of the conformance test: the suite runs in it, case by case.
import { blobSource } from "@sunstep/checkpoint";
import { runtimeConformance } from "@sunstep/runtime/conformance";
import { createWebRuntime, type WebDevice } from "../src/index.js";

const device = new URLSearchParams(location.search).get("device") as WebDevice;

const suite = runtimeConformance(device, {
  createRuntime: () => createWebRuntime({ device }),
  store: async (bytes, name) => blobSource(new Blob([new Uint8Array(bytes)]), name),
});

Object.assign(globalThis, {
  runCase: (name: string) => suite.cases.find((testCase) => testCase.name === name)!.run(),
  close: suite.close,
});

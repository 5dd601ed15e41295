// The page of the conformance test: the suite runs in it, case by case.
import { runtimeConformance } from "@sunstep/runtime/conformance";
import { createWebRuntime, type WebDevice } from "../src/index.js";

const suiteOf = (device: WebDevice) =>
  runtimeConformance(device, {
    createRuntime: () => createWebRuntime({ device }),
    async store(bytes, name) {
      const blob = new Blob([new Uint8Array(bytes)]);
      return { name, size: blob.size, blob, read: () => Promise.reject(new Error("read in the page")) };
    },
  });

export const conformancePage = {
  suite: suiteOf("auto"),
  choose(device: WebDevice) {
    this.suite = suiteOf(device);
  },
  run(name: string) {
    return this.suite.cases.find((testCase) => testCase.name === name)!.run();
  },
};

Object.assign(globalThis, { conformancePage });

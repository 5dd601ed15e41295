import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "DeviceMemory",
    "checkFeeds",
    "checkKeepOnDevice",
    "checkVariants",
    "createSession",
    "deviceTensors",
    "hostTensors",
    "isDeviceTensor",
    "runtimeError",
    "runtimeErrors",
    "tensorSpecs",
  ]);
  expect(Object.keys(await import("../src/conformance.js")).sort()).toEqual(["runtimeConformance"]);
  expect(Object.keys(await import("../src/worker.js")).sort()).toEqual([
    "WorkerClient",
    "probe",
    "serveSessions",
    "sessionSpecs",
    "startWorkerRuntime",
    "weightBytes",
  ]);
  expect(Object.keys(await import("../src/node.js")).sort()).toEqual([
    "openFile",
    "sizeOnDisk",
    "threadPort",
  ]);
});

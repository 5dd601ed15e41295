import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "createWebRuntime",
    "detectDevices",
    "webDevices",
  ]);
  expect(Object.keys(await import("../src/node.js"))).toEqual(["createWasmRuntime"]);
});

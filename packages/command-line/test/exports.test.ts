import { expect, it } from "vitest";

it("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "USAGE",
    "createConsole",
    "formatBytes",
    "formatSeconds",
    "formatTable",
    "optionsHelp",
    "parseOptions",
    "readOptions",
    "showError",
    "usageError",
  ]);
});

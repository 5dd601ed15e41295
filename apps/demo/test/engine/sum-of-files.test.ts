import { expect, it } from "vitest";
import { sumOfFiles } from "../../src/engine/sum-of-files.js";

it("adds up files, with a total once all sizes are known", () => {
  const seen: unknown[] = [];
  const listen = sumOfFiles((loaded, total) => seen.push([loaded, total]));
  const name = "emoji";
  listen({ status: "download", name, file: "a", total: 100 });
  listen({ status: "progress", name, file: "a", loaded: 60, total: 100 });
  listen({ status: "download", name, file: "b" });
  listen({ status: "progress", name, file: "b", loaded: 10, total: 50 });
  listen({ status: "done", name, file: "a" });
  expect(seen).toEqual([
    [0, 100],
    [60, 100],
    [60, undefined],
    [70, 150],
  ]);
});

it("has the same total throughout where that is known before", () => {
  const totals: unknown[] = [];
  const listen = sumOfFiles((_, total) => totals.push(total), 150);
  const name = "emoji";
  listen({ status: "download", name, file: "a", total: 100 });
  listen({ status: "progress", name, file: "a", loaded: 60 });
  listen({ status: "download", name, file: "b", total: 50 });
  expect(totals).toEqual([150, 150, 150]);
});

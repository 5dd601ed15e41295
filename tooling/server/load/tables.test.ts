import { expect, it } from "vitest";
import { loadTable, memoryText } from "./tables.js";

it("writes the medians of rounds, with the least and the largest ratio", () => {
  const round = (rate: number, p99: number) => ({ clients: 8, rate, alone: 10, p50: 100, p99, refused: 1 });
  expect(loadTable([round(9, 300), round(9.5, 200), round(7, 250)]).split("\n")).toEqual([
    "| clients | images a second | library alone | ratio | p50 | p99 | refused |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    "| 8 | 9.00 | 10.00 | 0.90 (0.70 to 0.95) | 100 ms | 250 ms | 3 |",
  ]);
});

it("tells how much memory grew", () => {
  const looks = [
    { requests: 1000, bytes: 400e6 },
    { requests: 2000, bytes: 404e6 },
  ];
  expect(memoryText(looks)).toMatch(/1000: 400 MB, 2000: 404 MB\. .* changed by 1\.0 %/);
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Float8Format, float8Values } from "../src/index.js";

/** torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn or _e5m2).to(torch.float32), by torch 2.15. */
const byTorch: Record<Float8Format, (number | string)[]> = JSON.parse(
  readFileSync(new URL("./float8-values.json", import.meta.url), "utf8"),
);

it.each(["e4m3fn", "e5m2"] as const)("gives the value that torch gives every byte of %s", (format) => {
  const expected = byTorch[format].map(Number);
  const actual = float8Values(format);
  expect(actual).toHaveLength(256);
  for (const [byte, value] of expected.entries()) expect([byte, actual[byte]]).toEqual([byte, value]);
});

import { describe, expect, it } from "vitest";
import { retryDelay } from "../src/retry.js";

const policy = { retries: 5, delay: 500 };
const now = Date.parse("2024-01-01T00:00:00Z");

describe("retryDelay", () => {
  it("doubles up to thirty seconds", () => {
    expect([0, 1, 2, 5, 6, 99].map((attempt) => retryDelay(policy, attempt, null, now))).toEqual([
      500, 1000, 2000, 16000, 30000, 30000,
    ]);
  });

  it.each([
    ["7", 7000],
    ["0", 0],
    ["99999", 300_000],
    ["Mon, 01 Jan 2024 00:00:09 GMT", 9000],
    ["Mon, 01 Jan 2023 00:00:00 GMT", 0],
    ["soon", 500],
  ])("obeys Retry-After: %s", (value, expected) => {
    expect(retryDelay(policy, 0, value, now)).toBe(expected);
  });
});

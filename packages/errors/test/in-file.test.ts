import { expect, it } from "vitest";
import { inFile, SunstepError } from "../src/index.js";

const cut = () => {
  throw new SunstepError("FILE_TRUNCATED", "ends too early", { expectedBytes: 8 });
};

it("names the file in a SunstepError, and keeps its code, details and cause", () => {
  expect(() => inFile("a.png", cut)).toThrow(
    expect.objectContaining({
      code: "FILE_TRUNCATED",
      message: "a.png: ends too early",
      details: { expectedBytes: 8, file: "a.png" },
      cause: expect.objectContaining({ message: "ends too early" }),
    }),
  );
});

it("leaves results, other errors, and errors without a file alone", () => {
  expect(inFile("a.png", () => 7)).toBe(7);
  const other = new TypeError("x");
  expect(() =>
    inFile("a.png", () => {
      throw other;
    }),
  ).toThrow(other);
  expect(() => inFile(undefined, cut)).toThrow(/^ends too early$/);
});

it("names the file in errors that come later", async () => {
  const cut = () => Promise.reject(new SunstepError("IMAGE_TRUNCATED", "the PNG ends"));
  await expect(inFile("a.png", cut)).rejects.toMatchObject({
    message: "a.png: the PNG ends",
    details: { file: "a.png" },
  });
  await expect(inFile("a.png", () => Promise.resolve(7))).resolves.toBe(7);
});

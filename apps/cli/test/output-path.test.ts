import { expect, it } from "vitest";
import { outputPath, subjectOf } from "../src/options/output-path.js";

it.each([
  ["a red apple", "apple"],
  ["a red apple on a yellow table", "apple"],
  ["photo of a cat", "photo"],
  ["A cat, masterpiece, best quality", "cat"],
  ["a (red apple:1.3) with leaves", "apple"],
  ["a [blurry] (big) Dog!", "dog"],
  ["a jack-o'-lantern", "jack-o-lantern"],
  ["<lora:style:1> ein großer Bär", "bär"],
  ["赤いりんご", "赤いりんご"],
  ["", "image"],
  [", , a pear", "pear"],
  ["😀", "image"],
  ["the con", "image"],
  ["../../etc/passwd", "passwd"],
  ["x".repeat(1000), "x".repeat(40)],
])("takes from %j the subject %s", (prompt, subject) => {
  expect(subjectOf(prompt)).toBe(subject);
});

const taken =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);
const one = { prompt: "a red apple", index: 0, count: 1 };

it("never uses an existing file's name as a default", () => {
  expect(outputPath({ ...one, out: undefined }, taken())).toBe("apple.png");
  expect(outputPath({ ...one, out: undefined }, taken("apple.png", "apple-2.png"))).toBe("apple-3.png");
  expect(outputPath({ ...one, out: "new/" }, taken("new/apple.png"))).toBe("new/apple-2.png");
});

it("writes to the requested file, numbered if there are several images", () => {
  expect(outputPath({ ...one, out: "pear.png" }, taken("pear.png"))).toBe("pear.png");
  expect(outputPath({ ...one, out: "x/pear.png", index: 2, count: 3 }, taken())).toBe("x/pear-3.png");
});

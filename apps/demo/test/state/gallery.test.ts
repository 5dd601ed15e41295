import { expect, it } from "vitest";
import { addImage, droppedImages, fileName, type MadeImage, merged } from "../../src/state/gallery.js";
import { initialSettings } from "../../src/state/settings.js";

const image = (id: number, live: boolean, madeAt: number): MadeImage => ({
  id,
  live,
  madeAt,
  png: new Blob(),
  url: `blob:${id}`,
  width: 8,
  height: 8,
  settings: initialSettings,
  parameters: "",
  cost: { evaluations: 4, milliseconds: 1 },
});
const ids = (gallery: readonly MadeImage[]) => gallery.map(({ id }) => id);

it("keeps images newest first, and only the live ones that were looked at", () => {
  const made = [
    image(1, false, 0),
    image(2, true, 100),
    image(3, true, 500),
    image(4, true, 900),
    image(5, true, 9000),
    image(6, false, 9100),
  ];
  expect(ids(made.reduce<readonly MadeImage[]>(addImage, []))).toEqual([6, 5, 4, 1]);
});

it("has a maximum length, and names the dropped images", () => {
  const many = Array.from({ length: 100 }, (_, id) => image(id, false, id));
  const before = many.reduce<readonly MadeImage[]>(addImage, []);
  const after = addImage(before, image(100, false, 1));
  expect(after).toHaveLength(100);
  expect(ids(droppedImages(before, after))).toEqual([0]);
});

it("drops the oldest images when they are too large together, never the newest", () => {
  const large = (id: number) => ({ ...image(id, false, id), png: { size: 30e6 } as Blob });
  expect(ids([1, 2, 3].map(large).reduce<readonly MadeImage[]>(addImage, []))).toEqual([3]);
  const small = { ...image(4, false, 4), png: { size: 1e6 } as Blob };
  expect(ids(addImage([large(3)], small))).toEqual([4, 3]);
});

it("puts the images of another visit in their place", () => {
  expect(ids(merged([image(5, false, 0)], [image(1, false, 0), image(9, false, 0)]))).toEqual([9, 5, 1]);
});

it("names files so that any file system accepts them", () => {
  expect(fileName({ ...initialSettings, prompt: "A Red/Apple: *näive*" })).toBe("a-red-apple-näive-42.png");
  expect(fileName({ ...initialSettings, prompt: "…" })).toBe("image-42.png");
  expect(fileName({ ...initialSettings, prompt: "a cat" }, "comparison")).toBe("a-cat-42-comparison.png");
  expect(fileName({ ...initialSettings, prompt: "x".repeat(500) }).length).toBeLessThan(80);
});

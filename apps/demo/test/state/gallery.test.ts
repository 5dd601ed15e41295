import { expect, it } from "vitest";
import { addImage, droppedImages, fileName, type MadeImage } from "../../src/state/gallery.js";
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
  const many = Array.from({ length: 205 }, (_, id) => image(id, false, id));
  const before = many.slice(0, 200).reduce<readonly MadeImage[]>(addImage, []);
  const after = addImage(before, image(200, false, 1));
  expect(after).toHaveLength(200);
  expect(ids(droppedImages(before, after))).toEqual([0]);
});

it("names files so that any file system accepts them", () => {
  expect(fileName({ ...initialSettings, prompt: "A Red/Apple: *näive*" })).toBe("a-red-apple-näive-42.png");
  expect(fileName({ ...initialSettings, prompt: "…" })).toBe("image-42.png");
  expect(fileName({ ...initialSettings, prompt: "x".repeat(500) }).length).toBeLessThan(80);
});

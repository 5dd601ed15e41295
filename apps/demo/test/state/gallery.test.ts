import { expect, it } from "vitest";
import { addPicture, droppedPictures, fileName, type MadePicture } from "../../src/state/gallery.js";
import { initialSettings } from "../../src/state/settings.js";

const picture = (id: number, live: boolean, madeAt: number): MadePicture => ({
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
const ids = (gallery: readonly MadePicture[]) => gallery.map(({ id }) => id);

it("keeps what was made, newest first, and of live pictures those that were looked at", () => {
  const made = [
    picture(1, false, 0),
    picture(2, true, 100),
    picture(3, true, 500),
    picture(4, true, 900),
    picture(5, true, 9000),
    picture(6, false, 9100),
  ];
  expect(ids(made.reduce<readonly MadePicture[]>(addPicture, []))).toEqual([6, 5, 4, 1]);
});

it("does not grow for ever, and tells what was dropped", () => {
  const many = Array.from({ length: 205 }, (_, id) => picture(id, false, id));
  const before = many.slice(0, 200).reduce<readonly MadePicture[]>(addPicture, []);
  const after = addPicture(before, picture(200, false, 1));
  expect(after).toHaveLength(200);
  expect(ids(droppedPictures(before, after))).toEqual([0]);
});

it("names files so that any disk takes them", () => {
  expect(fileName({ ...initialSettings, prompt: "A Red/Apple: *näive*" })).toBe("a-red-apple-näive-42.png");
  expect(fileName({ ...initialSettings, prompt: "…" })).toBe("picture-42.png");
  expect(fileName({ ...initialSettings, prompt: "x".repeat(500) }).length).toBeLessThan(80);
});

import { expect, it } from "vitest";
import { nearNames } from "../src/index.js";

it("lists the names that are most alike first", () => {
  const known = ["watercolor", "ink-wash", "add_detail", "AddMoreDetails", "ink"];
  expect(nearNames("add-detail", known, 2)).toEqual(["add_detail", "AddMoreDetails"]);
  expect(nearNames("INK", known, 2)).toEqual(["ink-wash", "ink"]);
  expect(nearNames("", [])).toEqual([]);
});

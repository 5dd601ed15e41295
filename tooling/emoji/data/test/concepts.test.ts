import { expect, it } from "vitest";
import { COMMON_CONCEPTS, CONCEPTS, kindOf } from "../src/concepts.js";

it("lists 445 distinct concepts", () => {
  expect(CONCEPTS).toHaveLength(445);
  expect(new Set(CONCEPTS).size).toBe(445);
});

it("lists 165 of them as common", () => {
  expect(new Set(COMMON_CONCEPTS).size).toBe(165);
  expect(COMMON_CONCEPTS.filter((concept) => !CONCEPTS.includes(concept))).toEqual([]);
});

it("returns the kind of a concept and refuses unknown ones", () => {
  expect(kindOf("cat face")).toBe("animal");
  expect(() => kindOf("quokka")).toThrow('"quokka" is none of the 445 concepts');
});

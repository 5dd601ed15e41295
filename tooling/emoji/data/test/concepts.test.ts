import { expect, it } from "vitest";
import { COMMON_CONCEPTS, CONCEPTS, kindOf } from "../src/concepts.js";

it("has 445 concepts, each once", () => {
  expect(CONCEPTS).toHaveLength(445);
  expect(new Set(CONCEPTS).size).toBe(445);
});

it("has 165 common ones among them", () => {
  expect(new Set(COMMON_CONCEPTS).size).toBe(165);
  expect(COMMON_CONCEPTS.filter((concept) => !CONCEPTS.includes(concept))).toEqual([]);
});

it("knows kinds, and says what it does not know", () => {
  expect(kindOf("cat face")).toBe("animal");
  expect(() => kindOf("quokka")).toThrow('"quokka" is none of the 445 concepts');
});

import { describe, expect, it } from "vitest";
import { type Field, fields } from "../src/index.js";

const { integer, listOf, number, oneOf, oneOrList, orNull, where } = fields;

const cases: readonly (readonly [
  field: Field<unknown>,
  expects: string,
  taken: readonly unknown[],
  refused: readonly unknown[],
])[] = [
  [number(), "a finite number", [0, -1.5, 1e300], ["1", Number.NaN, Number.POSITIVE_INFINITY, null, 1n]],
  [number(0, 1), "a number from 0 to 1", [0, 0.5, 1], [-0.1, 1.1, true]],
  [number(0), "a number of at least 0", [0, 7], [-1e-9]],
  [integer(), "an integer", [-3, 0], [0.5, 2 ** 53, "3"]],
  [integer(1, 8), "an integer from 1 to 8", [1, 8], [0, 9, 1.5, [1]]],
  [integer(1), "an integer of at least 1", [1, 1e9], [0]],
  [where("an even integer", integer(), (n) => n % 2 === 0), "an even integer", [2], [1, "2"]],
  [fields.boolean, "true or false", [true, false], [0, "true", null]],
  [fields.text, "a string", ["", "a"], [1, null, undefined]],
  [oneOf("a", "b"), "one of a, b", ["a", "b"], ["c", "toString", undefined]],
  [oneOf(1, 2), "one of 1, 2", [1], ["1"]],
  [orNull(number()), "a finite number, or null", [null, 1], [undefined, "null"]],
  [listOf(number()), "a list, each a finite number", [[], [1, 2]], [[1, "2"], 1, { length: 0 }]],
  [listOf(integer(), 1, 2), "a list of 1 to 2 items, each an integer", [[1]], [[], [1, 2, 3]]],
  [oneOrList(integer(), 2), "an integer, or a list of them", [1, [1, 2]], [[], [1, 2, 3], "1"]],
  [fields.anything, "a value", [null, 0, "x"], [undefined]],
];

describe.each(cases)("a field", (field, expects, taken, refused) => {
  it(`says that it takes ${expects}`, () => expect(field.expects).toBe(expects));
  it(`reads ${JSON.stringify(taken)}`, () => expect(taken.map((value) => field.read(value))).toEqual(taken));
  it(`refuses what is not ${expects}`, () =>
    expect(refused.map((value) => field.read(value))).toEqual(refused.map(() => undefined)));
});

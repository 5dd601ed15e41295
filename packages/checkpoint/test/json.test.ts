import fc from "fast-check";
import { expect, it } from "vitest";
import { parseJson } from "../src/json.js";

it("agrees with JSON.parse on what JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const rounded = JSON.stringify(parseJson(text, "x"), (_, item) =>
        typeof item === "bigint" ? Number(item) : item,
      );
      expect(rounded).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

it.each([
  ['{"a":1,"a":2}', /"a" is there twice/],
  ["", /ends too early/],
  ["{", /expected a string/],
  ['{"a":1', /ends too early/],
  ["[1,]", /unexpected character/],
  ["[1] 2", /follows its end/],
  ["01", /follows its end/],
  ["nul", /unexpected character/],
  ['"\\x"', /bad string/],
  ['"\n"', /bad string/],
  ['["a\\"]', /a string without end/],
  ["[a]", /unexpected character/],
  [`[${"9".repeat(1001)}]`, /more than 1000 digits/],
])("rejects %j", (text, message) => {
  expect(() => parseJson(text, "file.json")).toThrow(message);
  expect(() => parseJson(text, "file.json")).toThrow("file.json");
});

it("keeps integers that JSON.parse would round, reads Python's numbers, and changes no prototype", () => {
  expect(parseJson("[9007199254740993, -9007199254740993, 1e3, 1.5]", "x")).toEqual([
    9007199254740993n,
    -9007199254740993n,
    1000,
    1.5,
  ]);
  expect(parseJson("[NaN, Infinity, -Infinity]", "x")).toEqual([Number.NaN, Infinity, -Infinity]);
  const object = parseJson('{"__proto__": {"polluted": true}, "constructor": 1}', "x") as Record<
    string,
    unknown
  >;
  expect(Object.keys(object)).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

it("rejects deep nesting without a stack overflow", () => {
  for (const open of ["[", '{"a":']) {
    expect(() => parseJson(open.repeat(100_000), "x")).toThrow(/nested more than 100 deep/);
  }
});

it("reads strings of many megabytes", () => {
  const long = `\\"${"a".repeat(20_000_000)}`;
  expect((parseJson(`["${long}", 1]`, "x") as unknown[])[1]).toBe(1);
});

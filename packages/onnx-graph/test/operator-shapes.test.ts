// Types of operators' outputs against onnx's own shape inference (tooling/reference/generator/generate/onnx_models.py).

import { readFileSync } from "node:fs";
import { SunstepError } from "@sunstep/errors";
import { elementCount } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import {
  type Attribute,
  type Attributes,
  codeOfDataType,
  type DataType,
  float,
  float32Data,
  GraphBuilder,
  int,
  int64Data,
  ints,
  string,
} from "../src/index.js";

type Json = number | string | readonly number[] | readonly string[];

interface Case {
  readonly op: string;
  readonly domain: string;
  readonly opset: number;
  readonly inputs: readonly (readonly number[] | null)[];
  /** TensorProto.DataType of each input. */
  readonly dtypes: readonly (number | null)[];
  readonly constants: Readonly<Record<string, readonly number[]>>;
  readonly attributes: Readonly<Record<string, Json>>;
  /** Element type and shape of each output; null where onnx does not know the shape. */
  readonly types: readonly (readonly [number, readonly number[] | null])[];
}

const cases: readonly Case[] = JSON.parse(readFileSync(fixture("onnx/shapes.json"), "utf8"));

const dtypeOf = (code: number): DataType =>
  (["float32", "uint8", "int8", "int16", "int32", "int64", "bool", "float16"] as const).find(
    (dtype) => codeOfDataType(dtype) === code,
  )!;

function attributeOf(value: Json): Attribute {
  if (typeof value === "string") return string(value);
  if (typeof value === "number") return Number.isInteger(value) ? int(value) : float(value);
  return typeof value[0] === "string"
    ? { type: "strings", value: value as readonly string[] }
    : ints(value as readonly number[]);
}

/** The types that a builder infers, in the fixture's form. */
function inferred({ op, domain, opset, inputs, dtypes, constants, attributes, types }: Case) {
  const graph = new GraphBuilder({ name: "case", opsets: { "": opset } });
  const values = inputs.map((shape, i) => {
    if (!shape) return undefined;
    const numbers = constants[i];
    if (!numbers) return graph.input(`x${i}`, dtypeOf(dtypes[i]!), shape);
    const data =
      dtypes[i] === codeOfDataType("int64") ? int64Data(numbers, shape) : float32Data(numbers, shape);
    return graph.initializer(`x${i}`, data);
  });
  const given: Attributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)]),
  );
  const outputs = graph.ops(op, values, types.length, given, { domain });
  return outputs.map(({ dtype, shape }) => [dtype === "string" ? 8 : codeOfDataType(dtype), shape]);
}

/** Operators that a builder refuses, since it needs no rule for them or cannot know the shape. */
const refused = new Set(["NonZero", "Einsum"]);

const title = ({ op, inputs, attributes }: Case, i: number) =>
  `${op} ${JSON.stringify(inputs)} ${JSON.stringify(attributes)} (${i})`;

it.each(cases.map((row, i) => [title(row, i), row] as const))("infers the types of %s", (_, row) => {
  if (refused.has(row.op)) {
    expect(() => inferred(row)).toThrow(SunstepError);
    return;
  }
  const actual = inferred(row);
  expect(actual).toEqual(row.types);
  for (const [, shape] of actual) expect(elementCount(shape as readonly number[])).not.toBeNaN();
});

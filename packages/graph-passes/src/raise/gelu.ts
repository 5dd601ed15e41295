import { type Pattern, type RewriteRule, rewrite, string } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const contrib = (operator: string, approximate: string): RewriteRule => ({
  name: `com.microsoft.${operator}`,
  pattern: { op: operator, domain: CONTRIB_DOMAIN, inputs: ["x"] },
  replace: ({ emit, value }) => [emit.op("Gelu", [value("x")], { approximate: string(approximate) })],
});

const product = (a: Pattern | string, b: Pattern | string): Pattern => ({
  op: "Mul",
  inputs: [a, b],
  commutative: true,
});
const sum = (a: Pattern | string, b: Pattern | string): Pattern => ({
  op: "Add",
  inputs: [a, b],
  commutative: true,
});

/** 1 + Erf(x / sqrt 2), the division written as one or as a product. */
const gates: readonly Pattern[] = [
  { op: "Mul", inputs: ["x", "root"], commutative: true } as const,
  { op: "Div", inputs: ["x", "root"] } as const,
].map((scaled) => sum({ op: "Erf", inputs: [scaled] }, "one"));

/** Where exporters put the half: on the gate, on x, or on the product of both. */
const forms: readonly Pattern[] = gates.flatMap((gate) => [
  product("x", product(gate, "half")),
  product(product("x", "half"), gate),
  product(product("x", gate), "half"),
]);

const constants: Readonly<Record<string, readonly number[]>> = {
  one: [1],
  half: [0.5],
  root: [Math.SQRT1_2, Math.SQRT2],
};

const erfGelus = forms.map(
  (pattern): RewriteRule => ({
    name: "x / 2 (1 + Erf(x / sqrt 2))",
    pattern,
    replace({ emit, value }) {
      const fits = Object.entries(constants).every(([name, allowed]) => {
        const numbers = emit.constantNumbers(value(name));
        return numbers?.length === 1 && allowed.some((number) => Math.abs(numbers[0]! / number - 1) < 1e-6);
      });
      return fits ? [emit.op("Gelu", [value("x")], { approximate: string("none") })] : undefined;
    },
  }),
);

/** Gelu out of ONNX Runtime's operators, and out of its definition by Erf. */
export const raiseGelu = rewrite("raiseGelu", [
  contrib("Gelu", "none"),
  contrib("FastGelu", "tanh"),
  ...erfGelus,
]);

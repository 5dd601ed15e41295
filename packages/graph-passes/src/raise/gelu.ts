import { defineRule, type Pattern, type RewriteRule, rewrite, string } from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const biasGelu = defineRule({
  name: "com.microsoft.BiasGelu or FastGelu with a bias",
  pattern: { op: ["BiasGelu", "FastGelu"], domain: CONTRIB_DOMAIN, inputs: ["x", "bias"] },
  replace: ({ emit, value, root }) => [
    emit.op("Gelu", [emit.op("Add", [value("x"), value("bias")])], {
      approximate: string(root.op === "FastGelu" ? "tanh" : "none"),
    }),
  ],
});

const contrib = (operator: string, approximate: string) =>
  defineRule({
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

/** The factor 1/2 on the gate, on x, or on the product of both, as exporters place it. */
const forms: readonly Pattern[] = gates.flatMap((gate) => [
  product("x", product(gate, "half")),
  product(product("x", "half"), gate),
  product(product("x", gate), "half"),
]);

/** Exporters of float16 models write the constants in float16. */
const ROUNDED = 1e-3;

const constants: Readonly<Record<string, readonly number[]>> = {
  one: [1],
  half: [0.5],
  root: [Math.SQRT1_2, Math.SQRT2],
};

const erfGelus = forms.map(
  (pattern): RewriteRule => ({
    name: "x / 2 (1 + Erf(x / sqrt 2))",
    pattern,
    check({ numbers }) {
      const other = Object.entries(constants).find(([name, allowed]) => {
        const [own, ...more] = numbers(name) ?? [];
        const fits = allowed.some((number) => Math.abs((own ?? Number.NaN) / number - 1) < ROUNDED);
        return more.length > 0 || !fits;
      });
      return other ? `${other[0]} is not the constant ${other[1].join(" or ")}` : true;
    },
    replace: ({ emit, value }) => [emit.op("Gelu", [value("x")], { approximate: string("none") })],
  }),
);

/** Raises ONNX Runtime's Gelu operators, and the definition of GELU by Erf, to Gelu. */
export const raiseGelu = rewrite("raiseGelu", [
  contrib("Gelu", "none"),
  contrib("FastGelu", "tanh"),
  biasGelu,
  ...erfGelus,
]);

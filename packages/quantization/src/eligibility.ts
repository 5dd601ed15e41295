import { type Graph, type Value, valuesFrom } from "@sunstep/onnx-graph";

export interface QuantizationOptions {
  /** Inputs that seldom change: products that depend on them alone are computed once, and stay in float32. */
  readonly invariantInputs?: readonly string[];
}

/** Fewer rows, such as the time embedding's one, cost next to nothing and are the most sensitive (arXiv 2412.06661). */
const FEWEST_ROWS = 16;

/** Products over fewer channels gain nothing; a network's first and last convolutions have 3 or 4. */
const FEWEST_CHANNELS = 16;

/**
 * Returns true if the product of `x`, as a matrix of `rows` rows, and a weight [outputs, inputs, ..] is worth computing in 8
 * bits, and otherwise the reason why not.
 */
export type Eligibility = (x: Value, weight: Value, rows: number) => true | string;

/** Decides about the products of a graph. */
export function eligibilityIn(graph: Graph, { invariantInputs = [] }: QuantizationOptions): Eligibility {
  const constants = valuesFrom(graph, []);
  const invariant = valuesFrom(graph, invariantInputs);
  return (x, weight, rows) => {
    if (x.dtype !== "float32" || weight.dtype !== "float32") return "it is not in float32";
    if (!constants.has(weight.name)) return "the weight is not constant";
    if (invariant.has(x.name)) return `it depends on ${invariantInputs.join(", ")} alone`;
    if (rows < FEWEST_ROWS) return `its matrix has ${rows} rows`;
    const [outputs = 0, inputs = 0] = weight.shape;
    return Math.min(outputs, inputs) >= FEWEST_CHANNELS || "it has few channels";
  };
}

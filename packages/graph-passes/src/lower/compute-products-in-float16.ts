import {
  codeOfDataType,
  defineRule,
  type GraphIndex,
  int,
  type Node,
  type Pass,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  type Value,
  valuesFrom,
} from "@sunstep/onnx-graph";

const FLOAT = int(codeOfDataType("float32"));
const FLOAT16 = int(codeOfDataType("float16"));

/** A weight that is stored in float16 and cast to float32. */
interface StoredHalf {
  readonly stored: string;
  /** The Transpose behind the cast, if there is one. */
  readonly transpose?: Node;
}

function storedHalf(weight: string, index: GraphIndex): StoredHalf | undefined {
  const producer = index.producer(weight);
  const [source = ""] = producer?.inputs ?? [];
  if (producer?.op === "Transpose") {
    const half = storedHalf(source, index);
    return half && !half.transpose ? { ...half, transpose: producer } : undefined;
  }
  const isStored = index.producer(source) === undefined && index.type(source)?.dtype === "float16";
  return producer?.op === "Cast" && isStored ? { stored: source } : undefined;
}

const NOT_STORED = "the weight is not stored in float16";

/** The weight `name` in float16, in the layout that the layer reads. */
function emitHalf({ emit, index, value }: RewriteContext, name: string): Value {
  const { stored, transpose } = storedHalf(value(name).name, index)!;
  const half = emit.value(stored);
  return transpose ? emit.op("Transpose", [half], transpose.attributes) : half;
}

/** Products of constants, as a LoRA's, stay in float32: the CPU computes them while it loads the model. */
const product = (
  constants: ReadonlySet<string>,
  op: "MatMul" | "Conv",
  bias: readonly string[] = [],
): RewriteRule => ({
  name: `${op} with a float16 weight`,
  pattern: { op, inputs: ["x", "weight", ...bias] },
  check({ value, index }) {
    if (constants.has(value("x").name)) return "it is computed while the model is loaded";
    return storedHalf(value("weight").name, index) !== undefined || NOT_STORED;
  },
  replace(context) {
    const { emit, value, attributes } = context;
    const half = emitHalf(context, "weight");
    const [x, ...rest] = ["x", ...bias].map((name) => emit.op("Cast", [value(name)], { to: FLOAT16 }));
    return [emit.op("Cast", [emit.op(op, [x, half, ...rest], attributes)], { to: FLOAT })];
  },
});

const lookup = defineRule({
  name: "Gather of a float16 table",
  pattern: { op: "Gather", inputs: ["table", "indices"] },
  check: ({ value, index }) => storedHalf(value("table").name, index) !== undefined || NOT_STORED,
  replace(context) {
    const { emit, value, attributes } = context;
    const rows = emit.op("Gather", [emitHalf(context, "table"), value("indices")], attributes);
    return [emit.op("Cast", [rows], { to: FLOAT })];
  },
});

const backAndForth = defineRule({
  name: "Cast of Cast",
  pattern: { op: "Cast", inputs: [{ op: "Cast", inputs: ["half"], shared: true }] },
  check({ value, index, root }) {
    const isHalf =
      value("half").dtype === "float16" && index.type(root.outputs[0] ?? "")?.dtype === "float16";
    return isHalf || "it is not from float16 and back";
  },
  replace: ({ value }) => [value("half")],
});

/**
 * Computes linear layers, convolutions and embeddings in float16 where their weights are stored in float16, so that the
 * weights stay as they are. Residual sums, normalization and attention stay in float32. For devices that compute in
 * float16; elsewhere the weights become float32 at load.
 */
export const computeProductsInFloat16: Pass = {
  name: "computeProductsInFloat16",
  run(model, options) {
    const constants = valuesFrom(model.graph, []);
    const rules = [
      product(constants, "MatMul"),
      product(constants, "Conv"),
      product(constants, "Conv", ["bias"]),
      lookup,
      backAndForth,
    ];
    return rewrite("computeProductsInFloat16", rules).run(model, options);
  },
};

import {
  codeOfDataType,
  int,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  type Value,
} from "@sunstep/onnx-graph";

const FLOAT = int(codeOfDataType("float32"));
const FLOAT16 = int(codeOfDataType("float16"));

/** The weight in float16, if it is stored so: a float32 value that is only a cast of it, transposed or not. */
function storedHalf(context: RewriteContext, weight: Value): Value | undefined {
  const { index, emit } = context;
  const producer = index.producer(weight.name);
  const source = producer?.inputs[0] ?? "";
  if (producer?.op === "Transpose") {
    const half = storedHalf(context, emit.value(source));
    return half && emit.op("Transpose", [half], producer.attributes);
  }
  const isStored = index.producer(source) === undefined && index.type(source)?.dtype === "float16";
  return producer?.op === "Cast" && isStored ? emit.value(source) : undefined;
}

const product = (op: "MatMul" | "Conv", bias: readonly string[] = []): RewriteRule => ({
  name: `${op} with a float16 weight`,
  pattern: { op, inputs: ["x", "weight", ...bias] },
  replace(context) {
    const { emit, value, attributes } = context;
    const half = storedHalf(context, value("weight"));
    if (!half) return undefined;
    const [x, ...rest] = ["x", ...bias].map((name) => emit.op("Cast", [value(name)], { to: FLOAT16 }));
    return [emit.op("Cast", [emit.op(op, [x, half, ...rest], attributes)], { to: FLOAT })];
  },
});

const lookup: RewriteRule = {
  name: "Gather of a float16 table",
  pattern: { op: "Gather", inputs: ["table", "indices"] },
  replace(context) {
    const { emit, value, attributes } = context;
    const half = storedHalf(context, value("table"));
    return (
      half && [emit.op("Cast", [emit.op("Gather", [half, value("indices")], attributes)], { to: FLOAT })]
    );
  },
};

const backAndForth: RewriteRule = {
  name: "Cast of Cast",
  pattern: { op: "Cast", inputs: [{ op: "Cast", inputs: ["half"], shared: true }] },
  replace({ value, index, root }) {
    const half = value("half");
    const isHalf = half.dtype === "float16" && index.type(root.outputs[0] ?? "")?.dtype === "float16";
    return isHalf ? [half] : undefined;
  },
};

/**
 * Linear layers, convolutions and embeddings whose weights are stored in float16 compute in float16, so that the weights
 * stay as they are; sums along the network, normalisation and attention stay in float32. For devices that compute in
 * float16: elsewhere the weights become float32 at load.
 */
export const float16Products = rewrite("float16Products", [
  product("MatMul"),
  product("Conv"),
  product("Conv", ["bias"]),
  lookup,
  backAndForth,
]);

import {
  type Attributes,
  defineRule,
  type Integer,
  int,
  intsAttribute,
  type NodeEmitter,
  numberAttribute,
  type Value,
} from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";
import { isWeight } from "./weight.js";

/** The attributes of Attention out of those of ONNX Runtime's operators. */
function attributesOf(attributes: Attributes, heads: Integer): Attributes {
  return {
    q_num_heads: int(heads),
    kv_num_heads: int(heads),
    ...(numberAttribute(attributes, "unidirectional", 0) === 1 && { is_causal: int(1) }),
    ...(attributes.scale && numberAttribute(attributes, "scale", 0) !== 0 && { scale: attributes.scale }),
  };
}

const headsOf = (attributes: Attributes) => numberAttribute(attributes, "num_heads", 0);

/** Emits one of `count` parts that lie side by side before the last axis, [batch, tokens, heads, count, head size]. */
function unpacked(emit: NodeEmitter, packed: Value, part: number): Value {
  const [batch = 1, tokens = 1, heads = 1, , size = 1] = packed.shape;
  const sliced = emit.op("Slice", [packed, emit.ints([part]), emit.ints([part + 1]), emit.ints([3])]);
  return emit.op("Reshape", [sliced, emit.ints([batch, tokens, heads * size])]);
}

/** Emits columns `start` to `end` of a matrix, or elements of a vector. */
function columns(emit: NodeEmitter, value: Value, start: number, end: number): Value {
  const axis = value.shape.length - 1;
  return emit.op("Slice", [value, emit.ints([start]), emit.ints([end]), emit.ints([axis])]);
}

const separate = defineRule({
  name: "com.microsoft.MultiHeadAttention",
  pattern: { op: "MultiHeadAttention", domain: CONTRIB_DOMAIN, inputs: ["query", "key", "value"] },
  check({ value, attributes }) {
    const [query, key, val] = [value("query"), value("key"), value("value")];
    if ([query, key, val].some(({ shape }) => shape.length !== 3))
      return "query, key and value are not [batch, tokens, channels]";
    // ONNX Runtime aligns the last query with the last key, ai.onnx the first ones.
    const causal = numberAttribute(attributes, "unidirectional", 0) === 1;
    return (
      !causal || query.shape[1] === key.shape[1] || "it is causal, and queries and keys differ in number"
    );
  },
  replace: ({ emit, value, attributes }) => [
    emit.op(
      "Attention",
      [value("query"), value("key"), value("value")],
      attributesOf(attributes, headsOf(attributes)),
    ),
  ],
});

const biased = defineRule({
  name: "com.microsoft.MultiHeadAttention with a bias",
  pattern: { op: "MultiHeadAttention", domain: CONTRIB_DOMAIN, inputs: ["query", "key", "value", "bias"] },
  check: ({ value }) =>
    [value("query"), value("key"), value("value")].every(({ shape }) => shape.length === 3) ||
    "query, key and value are not [batch, tokens, channels]",
  replace({ emit, value, attributes, index }) {
    const parts = [value("query"), value("key"), value("value")];
    const isZero = index.constant(value("bias").name)?.every((number) => number === 0) === true;
    let start = 0;
    const sums = parts.map((part) => {
      const width = part.shape[2]!;
      const own = columns(emit, value("bias"), start, start + width);
      start += width;
      return isZero ? part : emit.op("Add", [part, own]);
    });
    const domain = { domain: CONTRIB_DOMAIN };
    return [emit.op("MultiHeadAttention", sums, attributes, domain)];
  },
});

const packedKeys = defineRule({
  name: "com.microsoft.MultiHeadAttention with packed keys and values",
  pattern: { op: "MultiHeadAttention", domain: CONTRIB_DOMAIN, inputs: ["query", "packed"] },
  check: ({ value }) =>
    (value("query").shape.length === 3 && value("packed").shape.length === 5) || "the keys are not packed",
  replace({ emit, value, attributes }) {
    const [key, val] = [0, 1].map((part) => unpacked(emit, value("packed"), part));
    const inputs = [value("query"), key, val];
    return [emit.op("MultiHeadAttention", inputs, attributes, { domain: CONTRIB_DOMAIN })];
  },
});

const packedAll = defineRule({
  name: "com.microsoft.MultiHeadAttention with packed query, key and value",
  pattern: { op: "MultiHeadAttention", domain: CONTRIB_DOMAIN, inputs: ["packed"] },
  check: ({ value }) => value("packed").shape.length === 5 || "query, key and value are not packed",
  replace({ emit, value, attributes }) {
    const inputs = [0, 1, 2].map((part) => unpacked(emit, value("packed"), part));
    return [emit.op("MultiHeadAttention", inputs, attributes, { domain: CONTRIB_DOMAIN })];
  },
});

/** com.microsoft.Attention makes query, key and value itself, by one matrix and one bias. */
const projected = defineRule({
  name: "com.microsoft.Attention",
  pattern: { op: "Attention", domain: CONTRIB_DOMAIN, inputs: ["x", "weight", "bias"] },
  replace({ emit, value, attributes }) {
    const third = value("weight").shape[1]! / 3;
    const widths = intsAttribute(attributes, "qkv_hidden_sizes") ?? [third, third, third];
    let start = 0;
    const parts = widths.map((width) => {
      const end = start + width;
      const weight = columns(emit, value("weight"), start, end);
      const bias = columns(emit, value("bias"), start, end);
      start = end;
      return emit.op("Add", [emit.op("MatMul", [value("x"), weight]), bias]);
    });
    return [emit.op("Attention", parts, attributesOf(attributes, headsOf(attributes)))];
  },
});

/** A product with a matrix of several projections side by side, of which one is taken: the product with that projection. */
const packedProjection = defineRule({
  name: "part of a packed projection",
  pattern: {
    op: "Slice",
    inputs: [
      {
        op: "Reshape",
        inputs: [{ op: "MatMul", inputs: ["x", "weight"], shared: true }, "sizes"],
        shared: true,
      },
      "start",
      "end",
      "axis",
    ],
  },
  check({ value, numbers, root, index }) {
    const packed = index.type(root.inputs[0]!)?.shape ?? [];
    const isMatrix = value("weight").shape.length === 2 && isWeight(value("weight").name, index);
    return (
      (packed.length === 5 && isMatrix && numbers("axis")?.[0] === 3) ||
      "it takes no part of a packed projection"
    );
  },
  replace({ emit, value, numbers, root, index }) {
    const [batch, tokens, heads = 1, count = 1, size = 1] = index.type(root.inputs[0]!)!.shape as number[];
    const inputs = value("weight").shape[0]!;
    const grouped = emit.op("Reshape", [value("weight"), emit.ints([inputs, heads, count, size])]);
    const [start = 0] = numbers("start")!;
    const taken = emit.op("Slice", [grouped, emit.ints([start]), emit.ints([start + 1]), emit.ints([2])]);
    const weight = emit.op("Reshape", [taken, emit.ints([inputs, heads * size])]);
    const product = emit.op("MatMul", [value("x"), weight]);
    return [emit.op("Reshape", [product, emit.ints([batch!, tokens!, heads, 1, size])])];
  },
});

/** Rules that bring ONNX Runtime's attention operators to Attention. */
export const contribAttentionRules = [separate, biased, packedKeys, packedAll, projected, packedProjection];

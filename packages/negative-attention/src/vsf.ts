import {
  float,
  float32Data,
  int,
  type Node,
  type NodeEmitter,
  numberAttribute,
  type Pass,
  type Value,
} from "@sunstep/onnx-graph";
import {
  addNegativeBranch,
  type NegativeAttentionOptions,
  type NegativeBranch,
} from "./add-negative-branch.js";
import { scalarInput } from "./emit-attention.js";
import { negativeAttentionError } from "./errors.js";

/** Number to add to the score of a key that is not attended to: e^-1000 is 0, and float16 holds it times the root of any head size. */
export const VSF_MASKED = -1000;

/**
 * Value Sign Flip (VSF, arXiv 2508.10931; the authors' src/processor.py, of which this is the part that reaches an image's
 * queries): one softmax over both prompts, Z = softmax([Q K+ / sqrt d; Q K- / sqrt d + bias]) [V+; -s V-]. New inputs beside
 * `negative_hidden_states`, float32: `vsf_scale` s [1]; `vsf_bias` [batch, negativeTokens], minus the authors' offset, and
 * `VSF_MASKED` for tokens that are padding; `vsf_weight` [1], which mixes Z (1) and Z+ (0).
 * @throws SunstepError NEGATIVE_NO_CROSS_ATTENTION, NEGATIVE_ALREADY_ADDED, NEGATIVE_PROJECTION, NEGATIVE_MASK
 */
export function addVsf(options: NegativeAttentionOptions = {}): Pass {
  return addNegativeBranch(vsf, options);
}

const vsf: NegativeBranch = {
  name: "vsf",
  inputs: ({ batch, negativeTokens }) => [
    scalarInput("vsf_scale"),
    { name: "vsf_bias", dtype: "float32", shape: [batch, negativeTokens] },
    scalarInput("vsf_weight"),
  ],
  emit(emit, { node, positive, key, value }) {
    refuseMask(node);
    const weight = emit.value("vsf_weight");
    const attended = attendToBoth(emit, node, { key, value });
    return emit.op("Add", [
      emit.op("Mul", [positive, emit.op("Sub", [emit.floats([1]), weight])]),
      emit.op("Mul", [attended, weight]),
    ]);
  },
};

/**
 * Emits the attention to both prompts. The bias is one more channel of every head, 1 in the queries: no backend has to take
 * a mask.
 */
function attendToBoth(
  emit: NodeEmitter,
  node: Node,
  negative: { readonly key: Value; readonly value: Value },
): Value {
  const [query, key, value] = node.inputs.slice(0, 3).map((input) => emit.value(input)) as [
    Value,
    Value,
    Value,
  ];
  const heads = numberAttribute(node.attributes, "q_num_heads", 1);
  const keyHeads = numberAttribute(node.attributes, "kv_num_heads", heads);
  const scale = numberAttribute(node.attributes, "scale", 1 / Math.sqrt(query.shape[2]! / heads));

  const [batch = 1, images = 1] = query.shape;
  const ones = emit.op("Expand", [emit.floats([1]), emit.ints([batch, images, heads, 1])]);
  const queries = withChannel(emit, query, ones);

  const [, tokens = 1] = key.shape;
  const own = emit.initializer("no_bias", float32Data(new Float32Array(batch * tokens), [batch, tokens]));
  const bias = emit.op("Concat", [own, emit.value("vsf_bias")], { axis: int(1) });
  const all = bias.shape[1]!;
  const perHead = emit.op("Expand", [
    emit.op("Reshape", [emit.op("Mul", [bias, emit.scalar(1 / scale)]), emit.ints([batch, all, 1, 1])]),
    emit.ints([batch, all, keyHeads, 1]),
  ]);
  const keys = withChannel(emit, emit.op("Concat", [key, negative.key], { axis: int(1) }), perHead);
  const flipped = emit.op("Mul", [negative.value, emit.op("Neg", [emit.value("vsf_scale")])]);
  const values = emit.op("Concat", [value, flipped], { axis: int(1) });
  return emit.op("Attention", [queries, keys, values], { ...node.attributes, scale: float(scale) });
}

/** Emits x [batch, tokens, channels] with one more channel behind those of each head: last is [batch, tokens, heads, 1]. */
function withChannel(emit: NodeEmitter, x: Value, last: Value): Value {
  const [batch = 1, tokens = 1, channels = 1] = x.shape;
  const heads = last.shape[2]!;
  const byHead = emit.op("Reshape", [x, emit.ints([batch, tokens, heads, channels / heads])]);
  const wide = emit.op("Concat", [byHead, last], { axis: int(3) });
  return emit.op("Reshape", [wide, emit.ints([batch, tokens, channels + heads])]);
}

function refuseMask({ name, inputs }: Node): void {
  if (inputs.slice(3).every((input) => input === "")) return;
  throw negativeAttentionError(
    "NEGATIVE_MASK",
    `${name} has a mask, which VSF does not take; use NAG or NASA for this network`,
    { node: name },
  );
}

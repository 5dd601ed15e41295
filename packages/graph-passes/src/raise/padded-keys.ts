import {
  ints,
  numberAttribute,
  type Pattern,
  type RewriteContext,
  type RewriteRule,
  rewrite,
} from "@sunstep/onnx-graph";

const shared = (op: string, ...inputs: readonly (Pattern | string)[]): Pattern => ({
  op,
  inputs,
  shared: true,
});

/** x W^T with a channel of ones behind each head's; other attentions may read it too. */
const paddedWeight = shared("Reshape", shared("Pad", shared("Reshape", "weight", "by head"), "row"), "rows");
const query = shared("Add", shared("MatMul", "x", shared("Transpose", paddedWeight)), "ones");

const centred: Pattern = { op: "Sub", inputs: ["key", { op: "ReduceMean", inputs: ["key"] }] };
const paddedKey: Pattern = {
  op: "Reshape",
  inputs: [{ op: "Pad", inputs: [centred, "key pads"] }, "key by head"],
};
const key: Pattern = {
  op: "Reshape",
  inputs: [{ op: "Concat", inputs: [paddedKey, "scores"] }, "wide"],
};

/** Whether no more was added than a channel of ones by head, and keys that it keeps from being attended to. */
function onlyPadding({ emit, value, attributes }: RewriteContext): boolean {
  const [, tokens = 1, heads = 1] = value("scores").shape;
  const [, keys = 0, channels = 0] = value("key").shape;
  const size = channels / heads;
  const scale = numberAttribute(attributes, "scale", 1 / Math.sqrt(size + 1));
  const [ones, scores] = [emit.constantNumbers(value("ones")), emit.constantNumbers(value("scores"))];
  const isAdded = (i: number) => Math.floor(i / heads) % tokens >= keys;
  return (
    ones?.every((one, i) => one === (i % (size + 1) === size ? 1 : 0)) === true &&
    scores?.every((score, i) => (isAdded(i) ? score * scale < -20 : score === 0)) === true
  );
}

const attention: RewriteRule = {
  name: "Attention over padded keys",
  pattern: { op: "Attention", inputs: [query, key, { op: "Pad", inputs: ["value", "value pads"] }] },
  replace(context) {
    const { emit, value, attributes } = context;
    if (!onlyPadding(context)) return undefined;
    const columns = emit.op("Transpose", [value("weight")], { perm: ints([1, 0]) });
    const queries = emit.op("MatMul", [value("x"), columns]);
    return [emit.op("Attention", [queries, value("key"), value("value")], attributes)];
  },
};

/** Takes off the keys that `paddedKeys` adds. */
export const raisePaddedKeys = rewrite("raisePaddedKeys", [attention]);

import {
  defineRule,
  float32Data,
  int,
  ints,
  intsAttribute,
  type MatchContext,
  numberAttribute,
  rewrite,
  staticShape,
  stringAttribute,
} from "@sunstep/onnx-graph";

/** Axes moved first, then joined: [b, c, h, w] -> [b, h, w, c] -> [b, h w, c]. */
const toTokens = defineRule({
  name: "Transpose, Reshape of an image to tokens",
  pattern: { op: "Reshape", inputs: [{ op: "Transpose", as: "moved", inputs: ["x"] }, "shape"] },
  check({ value, node, root, index }) {
    const [batch, channels, height = 0, width = 0] = value("x").shape;
    const result = index.type(root.outputs[0]!)?.shape?.join();
    const fits = value("x").shape.length === 4 && result === [batch, height * width, channels].join();
    return (fits && intsAttribute(node("moved").attributes, "perm")?.join() === "0,2,3,1") || "no image";
  },
  replace({ emit, value }) {
    const [batch = 1, channels = 1, height = 1, width = 1] = value("x").shape;
    const rows = emit.op("Reshape", [value("x"), emit.ints([batch, channels, height * width])]);
    return [emit.op("Transpose", [rows], { perm: ints([0, 2, 1]) })];
  },
});

const fromTokens = defineRule({
  name: "Reshape, Transpose of tokens to an image",
  pattern: { op: "Transpose", inputs: [{ op: "Reshape", inputs: ["x", "shape"] }] },
  check({ value, attributes, root, index }) {
    const [batch, tokens, channels] = value("x").shape;
    const [b, h = 0, w = 0, c] = staticShape(index.type(root.inputs[0]!)?.shape) ?? [];
    const fits = value("x").shape.length === 3 && b === batch && c === channels && h * w === tokens;
    return (fits && intsAttribute(attributes, "perm")?.join() === "0,3,1,2") || "no image";
  },
  replace({ emit, value, root, index }) {
    const columns = emit.op("Transpose", [value("x")], { perm: ints([0, 2, 1]) });
    return [emit.op("Reshape", [columns, emit.ints(index.type(root.outputs[0]!)!.shape as number[])])];
  },
});

/** The factors of a Resize that is given as sizes, if they are whole. */
const wholeResize = defineRule({
  name: "Resize to a multiple",
  pattern: { op: "Resize" },
  check: (match) => multiples(match) !== undefined || "it is given as factors, or no multiple",
  replace(context) {
    const { emit, root, attributes } = context;
    const factors = multiples(context)!;
    const { axes: _, keep_aspect_ratio_policy: __, ...others } = attributes;
    const scales = emit.initializer("scales", float32Data(factors, [factors.length]));
    return [emit.op("Resize", [emit.value(root.inputs[0]!), undefined, scales], others)];
  },
});

function multiples({ root, index }: MatchContext): number[] | undefined {
  if (!root.inputs[3]) return undefined;
  const [from, to] = [root.inputs[0]!, root.outputs[0]!].map((name) => staticShape(index.type(name)?.shape));
  const factors = to?.map((size, axis) => size / from![axis]!);
  return factors?.every(Number.isInteger) ? factors : undefined;
}

/** Parts that lie side by side and make up a whole value, as Split. */
const equalSplit = defineRule({
  name: "Split into equal parts",
  pattern: { op: "Split", inputs: ["x"] },
  replace({ emit, value, root, index, attributes }) {
    const axis = numberAttribute(attributes, "axis", 0);
    const along = axis < 0 ? axis + value("x").shape.length : axis;
    const sizes = root.outputs.map((output) => Number(index.type(output)?.shape?.[along]));
    return emit.ops("Split", [value("x"), emit.ints(sizes)], sizes.length, { axis: int(axis) });
  },
});

/** Zeros around an image, which the convolution after them can pad itself: the VAE pads at the bottom and the right only. */
const paddedConv = defineRule({
  name: "Conv of a Pad",
  pattern: { op: "Conv" },
  check: (match) => joinedPads(match) !== undefined || "it pads nothing, or not with zeros",
  replace(context) {
    const { emit, root, attributes, index } = context;
    const [x = "", ...others] = root.inputs;
    const padded = index.producer(x)!.inputs[0]!;
    const inputs = [padded, ...others].map((name) => (name === "" ? undefined : emit.value(name)));
    return [emit.op("Conv", inputs, { ...attributes, pads: ints(joinedPads(context)!) })];
  },
});

/** The pads of the convolution and of the Pad before it, [begin of each axis, end of each axis]. */
function joinedPads({ root, index, attributes }: MatchContext): number[] | undefined {
  const pad = index.producer(root.inputs[0] ?? "");
  const [, pads = "", value = "", axes = ""] = pad?.inputs ?? [];
  const amounts = index.constant(pads);
  if (pad?.op !== "Pad" || pad.domain !== "" || !amounts || axes !== "") return undefined;
  if (stringAttribute(pad.attributes, "mode", "constant") !== "constant") return undefined;
  if (value !== "" && index.constant(value)?.[0] !== 0) return undefined;
  if (stringAttribute(attributes, "auto_pad", "NOTSET") !== "NOTSET") return undefined;
  const rank = amounts.length / 2;
  const isImage = amounts.every((amount, i) => amount >= 0 && (i % rank > 1 || amount === 0));
  const spatial = amounts.filter((_, i) => i % rank > 1);
  const own = intsAttribute(attributes, "pads") ?? spatial.map(() => 0);
  return isImage ? spatial.map((amount, i) => amount + own[i]!) : undefined;
}

/** Raises the forms in which exporters move images to tokens and back, resize, split and pad them. */
export const raiseImages = rewrite("raiseImages", [
  toTokens,
  fromTokens,
  wholeResize,
  equalSplit,
  paddedConv,
]);

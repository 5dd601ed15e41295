import {
  defineRule,
  type GraphIndex,
  inlineNumbers,
  intsAttribute,
  type MatchContext,
  type Node,
  numberAttribute,
  rewrite,
} from "@sunstep/onnx-graph";
import { isWeight } from "./weight.js";

/** Operators that return their first input where its type and shape stay. */
const shaping = defineRule({
  name: "no change of shape or type",
  pattern: { op: ["Cast", "Expand", "Flatten", "Reshape", "Squeeze", "Tile", "Unsqueeze"] },
  check: keepsFirst,
  replace: ({ emit, root }) => [emit.value(root.inputs[0]!)],
});

const whole = defineRule({
  name: "Slice of everything",
  pattern: { op: "Slice" },
  check(match) {
    const [x = "", , , , steps] = match.root.inputs;
    // A table's Slice tells which rows are read, even if it is all of them.
    if (isWeight(x, match.index)) return "it is a weight";
    const forward = !steps || match.index.constant(steps)?.every((step) => step > 0);
    return forward ? keepsFirst(match) : "it may reverse the elements";
  },
  replace: ({ emit, root }) => [emit.value(root.inputs[0]!)],
});

const ordered = defineRule({
  name: "Transpose to the same order",
  pattern: { op: "Transpose", inputs: ["x"] },
  check: ({ attributes }) =>
    intsAttribute(attributes, "perm")?.every((axis, i) => axis === i) === true || "the order changes",
  replace: ({ value }) => [value("x")],
});

const single = defineRule({
  name: "Concat of one value",
  pattern: { op: "Concat", inputs: ["x"] },
  replace: ({ value }) => [value("x")],
});

const dropout = defineRule({
  name: "Dropout",
  pattern: { op: "Dropout" },
  check: ({ root, index }) => {
    const training = root.inputs[2] ? index.constant(root.inputs[2])?.[0] : 0;
    return training === 0 || "it is in training mode";
  },
  replace: ({ emit, root }) => [emit.value(root.inputs[0]!)],
});

const arithmetic = defineRule({
  name: "x + 0, x - 0, x * 1, x / 1",
  pattern: { op: ["Add", "Sub", "Mul", "Div"], inputs: ["a", "b"] },
  check: (match) => keptOperand(match) !== undefined || "no operand is neutral",
  replace: (context) => [context.value(keptOperand(context)!)],
});

function keepsFirst({ index, root }: MatchContext): true | string {
  const [from, to] = [index.type(root.inputs[0] ?? ""), index.type(root.outputs[0] ?? "")];
  const same = from?.dtype === to?.dtype && from?.shape && from.shape.join() === to?.shape?.join();
  return same ? true : "the type or the shape changes";
}

function keptOperand({ root, index, value }: MatchContext<"a" | "b">): "a" | "b" | undefined {
  const result = index.type(root.outputs[0] ?? "")?.shape?.join();
  const keeps = (name: "a" | "b") => value(name).shape.join() === result;
  const [a, b] = [value("a").name, value("b").name];
  const neutral = root.op === "Add" || root.op === "Sub" ? 0 : 1;
  // Scales and biases of norms are neutral by chance: they are one number for each channel.
  const isNeutral = (name: string) =>
    (index.type(name)?.shape?.every((size) => size === 1) || index.type(name)?.shape?.join() === result) &&
    isUniform(name, neutral, index);
  if (keeps("a") && isNeutral(b)) return "a";
  const commutes = root.op === "Add" || root.op === "Mul";
  return commutes && keeps("b") && isNeutral(a) ? "b" : undefined;
}

/** Tells whether all elements of a value are this number; a large constant may still be a node. */
function isUniform(value: string, number: number, index: GraphIndex): boolean {
  const constant = index.constant(value);
  if (constant) return constant.length > 0 && constant.every((element) => element === number);
  const node = index.producer(value);
  if (node?.domain !== "") return false;
  if (node.op === "ConstantOfShape") {
    const { value: filled } = node.attributes;
    return (filled?.type === "tensor" ? inlineNumbers(filled.value)?.[0] : 0) === number;
  }
  if (["Cast", "Expand", "Identity", "Reshape"].includes(node.op))
    return isUniform(node.inputs[0] ?? "", number, index);
  // Exporters write baddbmm with beta = 0 as a product of zeros.
  return node.op === "Mul" && number === 0 && node.inputs.some((input) => isUniform(input, 0, index));
}

const numbersOf = (index: GraphIndex, name: string | undefined) => (name ? index.constant(name) : undefined);

const merged = defineRule({
  name: "Reshape of a Reshape",
  pattern: {
    op: "Reshape",
    inputs: [{ op: ["Flatten", "Reshape", "Squeeze", "Unsqueeze"], as: "inner", shared: true }, "shape"],
  },
  replace({ emit, node, root, index }) {
    const shape = index.type(root.outputs[0]!)!.shape as readonly number[];
    return [emit.op("Reshape", [emit.value(node("inner").inputs[0]!), emit.ints(shape)])];
  },
});

const unsqueezed = defineRule({
  name: "Unsqueeze of an Unsqueeze",
  pattern: {
    op: "Unsqueeze",
    inputs: [{ op: "Unsqueeze", inputs: ["x", "inner"], shared: true }, "outer"],
  },
  check: ({ numbers }) => (numbers("inner") && numbers("outer") ? true : "the axes are no constants"),
  replace({ emit, value, numbers }) {
    const rank = value("x").shape.length;
    const positive = (axes: readonly number[], total: number) =>
      axes.map((axis) => (axis < 0 ? axis + total : axis));
    const inner = positive(numbers("inner")!, rank + numbers("inner")!.length);
    const total = rank + inner.length + numbers("outer")!.length;
    const outer = positive(numbers("outer")!, total);
    const before = Array.from({ length: total }, (_, axis) => axis).filter((axis) => !outer.includes(axis));
    const axes = [...outer, ...inner.map((axis) => before[axis]!)].sort((a, b) => a - b);
    return [emit.op("Unsqueeze", [value("x"), emit.ints(axes)])];
  },
});

const transposed = defineRule({
  name: "Transpose of a Transpose",
  pattern: { op: "Transpose", inputs: [{ op: "Transpose", as: "inner", inputs: ["x"], shared: true }] },
  check: ({ attributes, node }) =>
    (intsAttribute(attributes, "perm") && intsAttribute(node("inner").attributes, "perm") && true) ||
    "the order is not written out",
  replace({ emit, value, attributes, node }) {
    const inner = intsAttribute(node("inner").attributes, "perm")!;
    const perm = intsAttribute(attributes, "perm")!.map((axis) => inner[axis]!);
    return [emit.op("Transpose", [value("x")], { perm: { type: "ints", value: perm } })];
  },
});

/** A Slice of a Concat that takes exactly one of its inputs: how exporters write the exchange of sines and cosines. */
const slicedConcat = defineRule({
  name: "Slice of a Concat",
  pattern: { op: "Slice" },
  check: (match) => slicedInput(match) !== undefined || "it takes no whole input of a Concat",
  replace: (context) => [context.emit.value(slicedInput(context)!)],
});

/** The same, as ONNX Runtime's optimizer joins the Slices. */
const splitConcat = defineRule({
  name: "Split of a Concat",
  pattern: { op: "Split" },
  check({ root, index, attributes }) {
    const concat = index.producer(root.inputs[0] ?? "");
    const rank = index.type(root.inputs[0] ?? "")?.shape?.length ?? 0;
    const axis = ({ attributes: own }: Pick<Node, "attributes">) => {
      const given = numberAttribute(own, "axis", 0);
      return given < 0 ? given + rank : given;
    };
    if (concat?.op !== "Concat" || axis(concat) !== axis({ attributes })) return "it splits no Concat";
    const shapes = (names: readonly string[]) =>
      names.map((name) => index.type(name)?.shape?.join()).join(" ");
    return shapes(concat.inputs) === shapes(root.outputs) || "its parts are not the inputs of the Concat";
  },
  replace: ({ emit, root, index }) =>
    index.producer(root.inputs[0]!)!.inputs.map((input) => emit.value(input)),
});

function slicedInput({ root, index }: MatchContext): string | undefined {
  const concat = index.producer(root.inputs[0] ?? "");
  const [starts, , axes, steps] = root.inputs.slice(1).map((input) => numbersOf(index, input));
  const rank = index.type(root.inputs[0] ?? "")?.shape?.length ?? 0;
  if (concat?.op !== "Concat" || starts?.length !== 1 || (steps && steps[0] !== 1)) return undefined;
  const positive = (axis: number) => (axis < 0 ? axis + rank : axis);
  const axis = positive(axes?.[0] ?? 0);
  if (axis !== positive(numberAttribute(concat.attributes, "axis", 0))) return undefined;
  const sizeOf = (name: string) => Number(index.type(name)?.shape?.[axis]);
  const total = sizeOf(root.inputs[0]!);
  const start = starts[0]! < 0 ? starts[0]! + total : starts[0]!;
  let begin = 0;
  return concat.inputs.find((input) => {
    const found = begin === start && sizeOf(input) === sizeOf(root.outputs[0]!);
    begin += sizeOf(input);
    return found;
  });
}

/** Removes operators without effect, and joins chains of Reshape, Unsqueeze and Transpose. */
export const removeNeutral = rewrite("removeNeutral", [
  shaping,
  whole,
  ordered,
  single,
  dropout,
  arithmetic,
  merged,
  unsqueezed,
  transposed,
  slicedConcat,
  splitConcat,
]);

import {
  type Attributes,
  defineRule,
  float,
  int,
  ints,
  type NodeEmitter,
  numberAttribute,
  rewrite,
  string,
  stringAttribute,
  type Value,
} from "@sunstep/onnx-graph";
import { CONTRIB_DOMAIN } from "../contrib.js";

const TO_NCHW = { perm: ints([0, 3, 1, 2]) };
const TO_NHWC = { perm: ints([0, 2, 3, 1]) };

/** Adds values that may be absent. */
function sum(emit: NodeEmitter, first: Value, ...others: readonly (Value | undefined)[]): Value {
  return others.reduce<Value>((total, other) => (other ? emit.op("Add", [total, other]) : total), first);
}

/** Outputs 0 and `sumAt` of a norm that also returns the sum it was taken of; no other output may be read. */
const outputsOf = (norm: Value, total: Value, sumAt: number): Value[] =>
  Array.from({ length: sumAt + 1 }, (_, i) => (i === sumAt ? total : norm));

const skipLayerNorm = defineRule({
  name: "com.microsoft.SkipLayerNormalization",
  pattern: { op: "SkipLayerNormalization", domain: CONTRIB_DOMAIN },
  check: ({ root, index }) =>
    root.outputs.slice(1, 3).every((output) => output === "" || index.useCount(output) === 0) ||
    "its mean or deviation is read",
  replace({ emit, root, attributes }) {
    const [x, skip, scale, bias, inputBias] = root.inputs.map((name) =>
      name === "" ? undefined : emit.value(name),
    );
    const total = sum(emit, x!, inputBias, skip);
    const epsilon = float(numberAttribute(attributes, "epsilon", 1e-12));
    const norm = emit.op("LayerNormalization", [total, scale, bias], { axis: int(-1), epsilon });
    return outputsOf(norm, total, 3);
  },
});

/** GroupNorm of ONNX Runtime works on [batch, height, width, channels] unless told otherwise. */
function groupNorm(emit: NodeEmitter, x: Value, affine: readonly Value[], attributes: Attributes): Value {
  const isLast = numberAttribute(attributes, "channels_last", 1) === 1;
  const channelsFirst = isLast ? emit.op("Transpose", [x], TO_NCHW) : x;
  const normed = emit.op("GroupNormalization", [channelsFirst, ...affine], {
    num_groups: int(numberAttribute(attributes, "groups", 1)),
    epsilon: float(numberAttribute(attributes, "epsilon", 1e-5)),
  });
  const isGated = numberAttribute(attributes, "activation", 0) === 1;
  const active = isGated ? emit.op("Mul", [normed, emit.op("Sigmoid", [normed])]) : normed;
  return isLast ? emit.op("Transpose", [active], TO_NHWC) : active;
}

const contribGroupNorm = defineRule({
  name: "com.microsoft.GroupNorm",
  pattern: { op: "GroupNorm", domain: CONTRIB_DOMAIN, inputs: ["x", "scale", "bias"] },
  replace: ({ emit, value, attributes }) => [
    groupNorm(emit, value("x"), [value("scale"), value("bias")], attributes),
  ],
});

const skipGroupNorm = defineRule({
  name: "com.microsoft.SkipGroupNorm",
  pattern: { op: "SkipGroupNorm", domain: CONTRIB_DOMAIN },
  replace({ emit, root, attributes }) {
    const [x, scale, bias, skip, inputBias] = root.inputs.map((name) =>
      name === "" ? undefined : emit.value(name),
    );
    const [batch = 1, , , channels = 1] = x!.shape;
    // The skip may be one vector for each image.
    const rows = emit.ints([batch, 1, 1, channels]);
    const skipped = skip!.shape.length === 2 ? emit.op("Reshape", [skip, rows]) : skip;
    const total = sum(emit, x!, inputBias, skipped);
    return outputsOf(groupNorm(emit, total, [scale!, bias!], attributes), total, 1);
  },
});

const nhwcConv = defineRule({
  name: "com.microsoft.NhwcConv",
  pattern: { op: "NhwcConv", domain: CONTRIB_DOMAIN },
  replace({ emit, root, attributes }) {
    const [x, kernel, bias] = root.inputs.map((name) => emit.value(name));
    const moved = [x, kernel].map((value) => emit.op("Transpose", [value], TO_NCHW));
    return [emit.op("Transpose", [emit.op("Conv", [...moved, bias], attributes)], TO_NHWC)];
  },
});

const fusedConv = defineRule({
  name: "com.microsoft.FusedConv",
  pattern: { op: "FusedConv", domain: CONTRIB_DOMAIN },
  check: ({ attributes }) => {
    const activation = stringAttribute(attributes, "activation", "");
    return activation === "" || activation in activations || `its activation is ${activation}`;
  },
  replace({ emit, root, attributes }) {
    const { activation: _, activation_params: __, ...conv } = attributes;
    const [x, kernel, bias, skip] = root.inputs.map((name) => (name === "" ? undefined : emit.value(name)));
    const total = sum(emit, emit.op("Conv", [x, kernel, bias], conv), skip);
    const activate = activations[stringAttribute(attributes, "activation", "")];
    return [activate ? activate(emit, total) : total];
  },
});

const activations: Readonly<Record<string, (emit: NodeEmitter, x: Value) => Value>> = {
  Relu: (emit, x) => emit.op("Relu", [x]),
  Sigmoid: (emit, x) => emit.op("Sigmoid", [x]),
  Tanh: (emit, x) => emit.op("Tanh", [x]),
};

const fusedMatMul = defineRule({
  name: "com.microsoft.FusedMatMul",
  pattern: { op: "FusedMatMul", domain: CONTRIB_DOMAIN, inputs: ["a", "b"] },
  check: ({ attributes }) =>
    ["transBatchA", "transBatchB"].every((name) => numberAttribute(attributes, name, 0) === 0) ||
    "it moves the batch",
  replace({ emit, value, attributes }) {
    const operand = (name: "a" | "b", flag: string) => {
      const given = value(name);
      if (numberAttribute(attributes, flag, 0) !== 1) return given;
      const axes = given.shape.map((_, axis) => axis);
      return emit.op("Transpose", [given], {
        perm: ints([...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]),
      });
    };
    const product = emit.op("MatMul", [operand("a", "transA"), operand("b", "transB")]);
    const alpha = numberAttribute(attributes, "alpha", 1);
    return [alpha === 1 ? product : emit.op("Mul", [product, emit.scalar(alpha)])];
  },
});

const biasAdd = defineRule({
  name: "com.microsoft.BiasAdd",
  pattern: { op: "BiasAdd", domain: CONTRIB_DOMAIN, inputs: ["x", "bias", "skip"] },
  replace: ({ emit, value }) => [sum(emit, value("x"), value("bias"), value("skip"))],
});

const biasSplitGelu = defineRule({
  name: "com.microsoft.BiasSplitGelu",
  pattern: { op: "BiasSplitGelu", domain: CONTRIB_DOMAIN, inputs: ["x", "bias"] },
  replace({ emit, value }) {
    const total = emit.op("Add", [value("x"), value("bias")]);
    const half = total.shape.at(-1)! / 2;
    const [values, gates] = emit.ops("Split", [total, emit.ints([half, half])], 2, { axis: int(-1) });
    return [emit.op("Mul", [values, emit.op("Gelu", [gates], { approximate: string("none") })])];
  },
});

/** Raises ONNX Runtime's fused operators to those of ai.onnx, whichever provider they were fused for. */
export const raiseContrib = rewrite("raiseContrib", [
  skipLayerNorm,
  contribGroupNorm,
  skipGroupNorm,
  nhwcConv,
  fusedConv,
  fusedMatMul,
  biasAdd,
  biasSplitGelu,
]);

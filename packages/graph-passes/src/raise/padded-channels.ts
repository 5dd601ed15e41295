import {
  type Pattern,
  type RewriteContext,
  type RewriteRule,
  rewrite,
  stringAttribute,
} from "@sunstep/onnx-graph";

const padded: readonly Pattern[] = [
  { op: "Pad", as: "pad", inputs: ["x", "pads"] },
  { op: "Pad", as: "kernel pad", inputs: ["kernel", "kernel pads"] },
];

/** Whether both have the same number of channels of zeros behind their own, and nothing else around them. */
function onlyChannels({ emit, value, node }: RewriteContext): boolean {
  const zeros = ["pad", "kernel pad"].every(
    (name) => stringAttribute(node(name).attributes, "mode", "constant") === "constant",
  );
  const [pads, kernelPads] = ["pads", "kernel pads"].map((name) => emit.constantNumbers(value(name)));
  const behind = [0, 0, 0, 0, 0, pads?.[5], 0, 0].join();
  return zeros && pads?.join() === behind && kernelPads?.join() === behind;
}

const rules: readonly RewriteRule[] = [[], ["bias"]].map((bias) => ({
  name: `Conv of padded channels${bias.length > 0 ? ", biased" : ""}`,
  pattern: { op: "Conv", inputs: [...padded, ...bias] },
  replace(context) {
    const { emit, value, attributes } = context;
    const inputs = ["x", "kernel", ...bias].map((name) => value(name));
    return onlyChannels(context) ? [emit.op("Conv", inputs, attributes)] : undefined;
  },
}));

/** Takes off the channels of zeros that `paddedChannels` adds. */
export const raisePaddedChannels = rewrite("raisePaddedChannels", rules);

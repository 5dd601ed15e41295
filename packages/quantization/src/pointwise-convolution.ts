import { int, numberAttribute, type RewriteContext, type Value } from "@sunstep/onnx-graph";
import { fromRows, kernelMatrix } from "./image-rows.js";
import { multiplyRows, quantizeImage } from "./quantize-image.js";
import { quantizeWeight } from "./quantize-weight.js";

/**
 * Emits a convolution of single positions as a product. A concatenation of channels, such as the skip connections that
 * a U-Net's shortcuts read, becomes one product for each part: their ranges differ (arXiv 2302.04304, section 3.2.2).
 */
export function emitPointwiseConvolution(context: RewriteContext, bias: Value | undefined): Value {
  const { emit, value } = context;
  const [x, kernel] = [value("x"), value("kernel")];
  const parts = concatenated(context, x);
  const matrix = kernelMatrix(emit, kernel);
  const channels = parts.map((part) => part.shape[1]!);
  const weights =
    parts.length === 1
      ? [matrix]
      : emit.ops("Split", [matrix, emit.ints(channels)], parts.length, { axis: int(0) });
  const sum = parts
    .map((part, i) => {
      const weight = quantizeWeight(emit, weights[i]!);
      return multiplyRows(emit, quantizeImage(emit, part), weight, i === 0 ? bias : undefined);
    })
    .reduce((total, product) => emit.op("Add", [total, product]));
  return fromRows(emit, sum, [x.shape[2]!, x.shape[3]!]);
}

/** The parts of a concatenation along the channels, or the value itself. */
function concatenated({ index, emit }: RewriteContext, x: Value): readonly Value[] {
  const producer = index.producer(x.name);
  if (producer?.op !== "Concat" || producer.domain !== "") return [x];
  return numberAttribute(producer.attributes, "axis", 0) === 1
    ? producer.inputs.map((input) => emit.value(input))
    : [x];
}

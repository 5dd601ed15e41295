import { elementCount, int, type RewriteContext, type Value } from "@sunstep/onnx-graph";
import { geometryOf } from "./conv-geometry.js";
import { fromRows, kernelMatrix } from "./image-rows.js";
import { multiplyRows, quantizeImage } from "./quantize-image.js";
import { quantizeWeight } from "./quantize-weight.js";
import { emitTapTable } from "./tap-table.js";

/** Bytes that are gathered at a time; the results for larger images are put together. */
const GATHERED_BYTES = 2 ** 24;

/**
 * Emits a convolution as the product of a matrix with a row for each position of the result. The range of the image is
 * found in each run; Gather copies its bytes to the rows that read them (im2col); results are float32. ONNX Runtime's
 * QLinearConv multiplies as fast, but rounds results to 8 bits, in a range that has to be known beforehand.
 */
export function emitSpatialConvolution(context: RewriteContext, bias: Value | undefined): Value {
  const { emit, value } = context;
  const [x, kernel] = [value("x"), value("kernel")];
  const geometry = geometryOf(context);
  const [batch = 1, channels = 1] = x.shape;
  const [positions, columns] = [elementCount(geometry.outputSize), elementCount(geometry.kernel) * channels];

  const weight = quantizeWeight(emit, kernelMatrix(emit, kernel));
  const image = quantizeImage(emit, x);
  const padding = emit.op("Expand", [image.zeroPoint, emit.ints([batch, 1, channels])]);
  const padded = emit.op("Concat", [image.rows, padding], { axis: int(1) });
  const product = (taps: Value): Value => {
    const gathered = emit.op("Gather", [padded, taps], { axis: int(1) });
    const rows = emit.op("Reshape", [gathered, emit.ints([batch, taps.shape[0]!, columns])]);
    return multiplyRows(emit, { ...image, rows }, weight, bias);
  };

  const table = emitTapTable(emit, geometry);
  const sizes = evenParts(positions, Math.ceil((batch * positions * columns) / GATHERED_BYTES));
  if (sizes.length === 1) return fromRows(emit, product(table), geometry.outputSize);
  const tables = emit.ops("Split", [table, emit.ints(sizes)], sizes.length, { axis: int(0) });
  return fromRows(emit, emit.op("Concat", tables.map(product), { axis: int(1) }), geometry.outputSize);
}

/** Sizes of `count` parts, or of fewer, that add up to `total`. */
function evenParts(total: number, count: number): number[] {
  const size = Math.ceil(total / count);
  return Array.from({ length: Math.ceil(total / size) }, (_, i) => Math.min(size, total - i * size));
}

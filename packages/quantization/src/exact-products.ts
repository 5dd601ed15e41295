import { float32Data, GraphBuilder, ints, type Model, type Value } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";

/** A model whose results are known exactly. */
export interface ExactProducts {
  readonly model: Model;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** By output, flat. */
  readonly expected: Readonly<Record<string, Float32Array>>;
}

const image = { channels: 32, height: 9, width: 11, outputs: 51 } as const;
/** Sums reach 1031 * 128 * 127, which is below 2^24: exact in float32. */
const matrix = { rows: 37, inputs: 1031, outputs: 67 } as const;

/**
 * A linear layer and convolutions of integers that 8 bits hold: inputs from -128 to 127, weights from -127 to 127, so that
 * every scale is 1 and results are the same integers whether products are computed in 8 bits or in float32. The extremes
 * among them show kernels that add in 16 bits and overflow. Sizes leave remainders of every vector's width.
 */
export function exactProducts(): ExactProducts {
  const graph = new GraphBuilder({ name: "exact products", opsets: { "": 23 } });
  const { channels, height, width, outputs } = image;
  const pixels = integers(channels * height * width, -128, 1);
  const rows = integers(matrix.rows * matrix.inputs, -128, 2);
  const kernel = integers(outputs * channels * 9, -127, 3);
  const weight = integers(matrix.outputs * matrix.inputs, -127, 4);
  const x = graph.input("image", "float32", [1, channels, height, width]);
  const constant = (name: string, numbers: Float32Array, shape: readonly number[]): Value =>
    graph.initializer(name, float32Data(numbers, shape));
  const kernelValue = constant("kernel", kernel, [outputs, channels, 3, 3]);
  const centre = kernel.filter((_, i) => i % 9 === 4);
  const convolve = (taps: Value, stride: number, padding: number): Value =>
    graph.op("Conv", [x, taps], {
      kernel_shape: ints(taps.shape.slice(2)),
      strides: ints([stride, stride]),
      pads: ints([padding, padding, padding, padding]),
    });
  graph.output("convolved", convolve(kernelValue, 1, 1));
  graph.output("strided", convolve(kernelValue, 2, 0));
  graph.output("pointwise", convolve(constant("centre", centre, [outputs, channels, 1, 1]), 1, 0));
  const input = graph.input("rows", "float32", [matrix.rows, matrix.inputs]);
  const stored = constant("weight", weight, [matrix.outputs, matrix.inputs]);
  graph.output("product", graph.op("MatMul", [input, graph.op("Transpose", [stored])]));
  return {
    model: graph.build(),
    feeds: {
      image: tensor(pixels, [1, channels, height, width]),
      rows: tensor(rows, [matrix.rows, matrix.inputs]),
    },
    expected: {
      convolved: convolved(pixels, kernel, 3, 1, 1),
      strided: convolved(pixels, kernel, 3, 2, 0),
      pointwise: convolved(pixels, centre, 1, 1, 0),
      product: Float32Array.from({ length: matrix.rows * matrix.outputs }, (_, at) => {
        const [row, output] = [Math.floor(at / matrix.outputs), at % matrix.outputs];
        let sum = 0;
        for (let i = 0; i < matrix.inputs; i++)
          sum += rows[row * matrix.inputs + i]! * weight[output * matrix.inputs + i]!;
        return sum;
      }),
    },
  };
}

/**
 * Integers from `lowest` to 127, by a linear congruential generator. Both extremes are among every 16, alone and in pairs,
 * and the first 16 are all 127.
 */
function integers(count: number, lowest: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    if (i < 16 || i % 16 < 2) return 127;
    if (i % 16 === 2) return lowest;
    return lowest + ((state >>> 8) % (128 - lowest));
  });
}

function convolved(
  pixels: Float32Array,
  kernel: Float32Array,
  side: number,
  stride: number,
  padding: number,
): Float32Array {
  const { channels, height, width, outputs } = image;
  const size = (length: number) => Math.floor((length + 2 * padding - side) / stride) + 1;
  const [rows, columns] = [size(height), size(width)];
  return Float32Array.from({ length: outputs * rows * columns }, (_, at) => {
    const [output, row, column] = [
      Math.floor(at / (rows * columns)),
      Math.floor(at / columns) % rows,
      at % columns,
    ];
    let sum = 0;
    for (let tap = 0; tap < side * side; tap++) {
      const y = row * stride + Math.floor(tap / side) - padding;
      const x = column * stride + (tap % side) - padding;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      for (let channel = 0; channel < channels; channel++)
        sum +=
          pixels[(channel * height + y) * width + x]! *
          kernel[(output * channels + channel) * side * side + tap]!;
    }
    return sum;
  });
}

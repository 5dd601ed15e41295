import { elementCount, intsAttribute, type MatchContext } from "@sunstep/onnx-graph";

type Pair = readonly [number, number];

/** A two-dimensional convolution's geometry; pairs are vertical, horizontal. */
export interface ConvGeometry {
  readonly inputSize: Pair;
  readonly outputSize: Pair;
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Before the first position; `outputSize` tells the padding behind the last. */
  readonly padding: Pair;
}

/** Reads the geometry of a Conv whose pattern remembers `x` and `kernel`. */
export function geometryOf({ value, attributes, root, index }: MatchContext): ConvGeometry {
  const pair = (name: string, fallback: Pair): Pair => {
    const [vertical, horizontal] = intsAttribute(attributes, name) ?? fallback;
    return [vertical!, horizontal!];
  };
  return {
    inputSize: lastTwo(value("x").shape),
    outputSize: lastTwo(index.type(root.outputs[0]!)!.shape as readonly number[]),
    kernel: lastTwo(value("kernel").shape),
    strides: pair("strides", [1, 1]),
    dilations: pair("dilations", [1, 1]),
    padding: pair("pads", [0, 0]),
  };
}

/** Tells whether each position of the result reads the same position of the image alone. */
export function isPointwise({ kernel, strides, padding, inputSize, outputSize }: ConvGeometry): boolean {
  return (
    elementCount(kernel) === 1 &&
    elementCount(strides) === 1 &&
    padding.every((size) => size === 0) &&
    inputSize.join() === outputSize.join()
  );
}

function lastTwo(shape: readonly number[]): Pair {
  return [shape.at(-2)!, shape.at(-1)!];
}

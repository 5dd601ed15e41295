import type { WeightRef } from "@sunstep/checkpoint";
import { elementCount } from "@sunstep/tensor";
import { loraError } from "../errors.js";
import { type LoraTarget, tensorsOf, type Update } from "../lora.js";

/** The size of an update: [rows, columns], and the kernel of a convolution unless the columns have it already. */
interface UpdateSize {
  readonly rows: number;
  readonly columns: number;
  readonly kernel: readonly number[];
}

/**
 * Returns the rank that divides alpha: LyCORIS takes the second factor's of a LoKr. Undefined where no factor has one.
 * @throws SunstepError LORA_RANK where factors have different ranks, or one of 0
 */
export function rankOf(update: Update): number | undefined {
  if (update.kind === "tensor") return undefined;
  if (update.kind === "product") {
    const { left, right, core } = update;
    const rank = right.shape[0];
    const others = [left.shape[1], ...(core ? [core.shape[0], core.shape[1]] : [])];
    if (!rank || others.some((other) => other !== rank)) throw rankError(update);
    return rank;
  }
  const [first, second] = update.factors.map(rankOf);
  if (first !== undefined && second !== undefined && first !== second) throw rankError(update);
  return second ?? first;
}

function rankError(update: Update) {
  const tensors = tensorsOf(update);
  const file = tensors[0]!.source.name;
  return loraError(
    "LORA_RANK",
    `${file}: ${describe(tensors)} have different ranks, or none. The file is damaged`,
    {
      file,
      tensor: tensors[0]!.name,
      shapes: tensors.map(({ shape }) => shape),
    },
  );
}

/**
 * Checks that an update has a weight's outputs, inputs and kernel. A linear layer and a 1x1 convolution are the same, and
 * the columns of a factor may hold inputs and kernel as one.
 * @throws SunstepError LORA_RANK, LORA_SHAPE
 */
export function checkFits(
  { parameter, update }: Pick<LoraTarget, "parameter" | "update">,
  shape: readonly number[],
): void {
  rankOf(update);
  const [outputs = 1, inputs = 1, ...taps] = shape;
  const size = sizeOf(update);
  if (
    size?.rows === outputs &&
    size.columns * elementCount(size.kernel) === inputs * elementCount(taps) &&
    (elementCount(size.kernel) === 1 || size.kernel.join() === taps.join())
  )
    return;
  const tensors = tensorsOf(update);
  const file = tensors[0]!.source.name;
  throw loraError(
    "LORA_SHAPE",
    `${file}: ${describe(tensors)}: they do not fit the model's ${parameter} [${shape}]. The file is made for another ` +
      "kind of model",
    { file, tensor: tensors[0]!.name, parameter, shapes: tensors.map((one) => one.shape), weight: shape },
  );
}

/** Lists tensors with their shapes as the file has them. */
const describe = (tensors: readonly WeightRef[]): string =>
  tensors
    .map(({ name, shape, transposed }) => `${name} [${transposed ? shape.toReversed() : shape}]`)
    .join(", ");

/** Undefined where the factors do not fit each other. */
function sizeOf(update: Update): UpdateSize | undefined {
  switch (update.kind) {
    case "tensor":
      return matrixSize(update.weight);
    case "product":
      return productSize(matrixSize(update.left), matrixSize(update.right), update.core?.shape);
    case "hadamard": {
      const [first, second] = update.factors.map(sizeOf);
      return first && JSON.stringify(first) === JSON.stringify(second) ? first : undefined;
    }
    case "kronecker": {
      const [first, second] = update.factors.map(sizeOf);
      if (!first || !second || elementCount(first.kernel) !== 1) return undefined;
      return { ...second, rows: first.rows * second.rows, columns: first.columns * second.columns };
    }
  }
}

function productSize(
  left: UpdateSize | undefined,
  right: UpdateSize | undefined,
  core: readonly number[] | undefined,
): UpdateSize | undefined {
  if (!left || !right || elementCount(left.kernel) !== 1) return undefined;
  if (!core) return { ...right, rows: left.rows };
  if (core.length !== 4 || elementCount(right.kernel) !== 1) return undefined;
  return { rows: left.rows, columns: right.columns, kernel: core.slice(2) };
}

/** The size of a vector, a matrix, or a convolution's weight. */
function matrixSize({ shape }: WeightRef): UpdateSize | undefined {
  const [rows = 0, columns = 1, ...kernel] = shape;
  return [1, 2, 4].includes(shape.length) ? { rows, columns, kernel } : undefined;
}

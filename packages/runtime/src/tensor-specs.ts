import type { NamedValue } from "@sunstep/onnx-graph";
import { isDataType } from "@sunstep/tensor";
import { runtimeError } from "./errors.js";
import type { TensorSpec } from "./runtime.js";

/**
 * Returns the inputs or outputs of a graph as a session declares them.
 * @throws DTYPE_UNSUPPORTED for a value that is not a tensor of numbers, or whose rank is unknown
 */
export function tensorSpecs(values: readonly NamedValue[]): TensorSpec[] {
  return values.map(({ name, dtype, shape }) => {
    if (!isDataType(dtype) || !shape) {
      throw runtimeError(
        "DTYPE_UNSUPPORTED",
        `${name} is ${shape ? dtype : "of unknown rank"}: a session takes and returns only tensors of numbers with a known rank`,
        {
          value: name,
          dtype,
        },
      );
    }
    return { name, dtype, shape };
  });
}

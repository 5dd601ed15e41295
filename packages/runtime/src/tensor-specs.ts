import type { NamedValue } from "@sunstep/onnx-graph";
import { isDataType } from "@sunstep/tensor";
import { runtimeError } from "./errors.js";
import type { TensorSpec } from "./runtime.js";

/**
 * The inputs or outputs of a graph as a session declares them.
 * @throws DTYPE_UNSUPPORTED for one that is no tensor of numbers, or has no known rank
 */
export function tensorSpecs(values: readonly NamedValue[]): TensorSpec[] {
  return values.map(({ name, dtype, shape }) => {
    if (!isDataType(dtype) || !shape) {
      throw runtimeError(
        "DTYPE_UNSUPPORTED",
        `${name} is ${shape ? dtype : "of unknown rank"}: only tensors of numbers with a known rank are passed`,
        {
          value: name,
          dtype,
        },
      );
    }
    return { name, dtype, shape };
  });
}

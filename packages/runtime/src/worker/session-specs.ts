import type { Model } from "@sunstep/onnx-graph";
import { runtimeError } from "../errors.js";
import type { TensorSpec } from "../runtime.js";
import { tensorSpecs } from "../tensor-specs.js";

/**
 * Inputs and outputs of a model that ONNX Runtime's JavaScript can pass; `engine` is named in messages.
 * @throws DTYPE_UNSUPPORTED
 */
export function sessionSpecs(
  { graph }: Model,
  engine: string,
): { readonly inputs: TensorSpec[]; readonly outputs: TensorSpec[] } {
  const [inputs, outputs] = [tensorSpecs(graph.inputs), tensorSpecs(graph.outputs)];
  const unpassable = [...inputs, ...outputs].find(({ dtype }) => dtype === "bfloat16");
  if (!unpassable) return { inputs, outputs };
  throw runtimeError(
    "DTYPE_UNSUPPORTED",
    `${unpassable.name}: ${engine} passes no bfloat16, cast it to float32`,
    { value: unpassable.name },
  );
}

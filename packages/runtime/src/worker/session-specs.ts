import type { Model } from "@sunstep/onnx-graph";
import { runtimeError } from "../errors.js";
import type { TensorSpec } from "../runtime.js";
import { tensorSpecs } from "../tensor-specs.js";

/**
 * Returns a model's inputs and outputs, if ONNX Runtime's JavaScript can pass them. `engine` names it in messages.
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
    `${unpassable.name}: ${engine} cannot pass bfloat16; cast the value to float32 in the graph`,
    { value: unpassable.name },
  );
}

import type { UNetConfig } from "@sunstep/checkpoint";
import { addResiduals, residualShapes } from "@sunstep/networks";
import { elementCount, type Tensor, tensor } from "@sunstep/tensor";
import type { Conditioning, InputShapes } from "../prompts/conditioning.js";
import type { Adapter } from "../sessions/adapter.js";

/**
 * Gives a U-Net inputs for the residuals of ControlNets. Evaluations without a ControlNet run a variant of the same
 * session. `height` and `width` are those of the latents.
 */
export function residualAdapter(unet: UNetConfig, height: number, width: number): Adapter {
  const shapes = (inputs: InputShapes) =>
    residualShapes(unet, { batch: inputs.encoder_hidden_states![0]!, height, width });
  return {
    key: "residuals",
    passes: (network, inputs) => (network === "unet" ? [addResiduals(shapes(inputs))] : []),
    varies: true,
    off: (inputs) => zerosOf(shapes(inputs)),
  };
}

/** Makes tensors of zeros that are views of one buffer, since they can be large and are copied to workers. */
function zerosOf(shapes: InputShapes): Conditioning {
  const zeros = new Float32Array(Math.max(...Object.values(shapes).map(elementCount)));
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]): [string, Tensor<"float32">] => [
      name,
      tensor(zeros.subarray(0, elementCount(shape)), shape),
    ]),
  );
}

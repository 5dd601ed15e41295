import type { WeightRef } from "@sunstep/checkpoint";
import { elementCount } from "@sunstep/tensor";
import { loraError } from "../errors.js";
import type { Magnitude } from "../lora.js";
import type { ModuleTensors } from "../reading/forms.js";

/**
 * Reads the magnitudes of DoRA, if the module has them: LyCORIS's `dora_scale`, [outputs, 1…], in its first versions
 * [1, inputs, 1…]; PEFT's `lora_magnitude_vector`, [outputs], of a convolution [1, outputs, 1, 1].
 * @throws SunstepError LORA_SHAPE
 */
export function readMagnitude(tensors: ModuleTensors, shape: readonly number[]): Magnitude | undefined {
  const [outputs = 1, inputs = 1] = shape;
  if (tensors.has("lora_magnitude_vector")) {
    const weight = tensors.need("lora_magnitude_vector");
    const axis = weight.shape.length === 1 ? 0 : 1;
    if (isVector(weight, axis, outputs)) return { weight, axis: "output" };
    throw shapeError(weight, shape);
  }
  if (!tensors.has("dora_scale")) return undefined;
  const weight = tensors.need("dora_scale");
  if (isVector(weight, 0, outputs)) return { weight, axis: "output" };
  if (isVector(weight, 1, inputs)) return { weight, axis: "input" };
  throw shapeError(weight, shape);
}

/** Tells whether a tensor has this size along this axis, and 1 along all others. */
const isVector = ({ shape }: WeightRef, axis: number, size: number): boolean =>
  shape[axis] === size && elementCount(shape) === size;

const shapeError = ({ name, shape, source }: WeightRef, weight: readonly number[]) =>
  loraError(
    "LORA_SHAPE",
    `${source.name}: ${name} [${shape}] holds no magnitude for each output or input of the model's weight [${weight}]. ` +
      "The file is made for another kind of model",
    { file: source.name, tensor: name, shape, weight },
  );

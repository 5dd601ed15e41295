import { type AdaptableWeights, checkFinite, listNames, type SafetensorsFile } from "@sunstep/checkpoint";
import type { Lora, LoraTarget } from "@sunstep/lora";
import { accelerationError } from "./errors.js";

/**
 * Reads a file with a difference for every weight of a U-Net, under diffusers' names (PeRFlow's delta weights), as changes
 * that a LoRA's pass applies.
 * @throws SunstepError ACCELERATION_WEIGHTS, CHECKPOINT_NOT_FINITE
 */
export async function readDifference(file: SafetensorsFile, { unet }: AdaptableWeights): Promise<Lora> {
  const where = file.source.name;
  const names = [...file.tensors.keys()];
  const unknown = names.filter((name) => !unet?.has(name));
  if (unknown.length > 0) {
    throw accelerationError(
      "ACCELERATION_WEIGHTS",
      `${where}: the model has no weights ${listNames(unknown)}. The differences are for another kind of model`,
      { file: where, unknown },
    );
  }
  const targets = names.map((parameter): LoraTarget => {
    const weight = file.weights.get(parameter);
    const { shape } = unet!.get(parameter);
    if (weight.shape.join() !== shape.join()) {
      throw accelerationError(
        "ACCELERATION_WEIGHTS",
        `${where}: ${parameter} is [${weight.shape}], the model's is [${shape}]. The differences are for another kind of model`,
        { file: where, tensor: parameter },
      );
    }
    return { network: "unet", parameter, update: { kind: "tensor", weight }, strength: 1 };
  });
  await checkFinite(file.weights);
  return { targets, unknown: [], warnings: [] };
}

import { readWeight, type SafetensorsFile } from "@sunstep/checkpoint";
import { toFloat32 } from "@sunstep/tensor";
import { loraError } from "../errors.js";

/** Trainers store alphas as floats, some as integers of a usual width. */
const ALPHA_TYPES = /^(float|bfloat|int32|int64)/;

/** Alphas are about as large as ranks; the bytes of one type read as another are not. */
const isPlausible = (alpha: number): boolean =>
  alpha === 0 || (Math.abs(alpha) >= 1e-6 && Math.abs(alpha) <= 1e6);

/**
 * Reads an alpha: a scalar, or a tensor of one element.
 * @throws SunstepError LORA_ALPHA
 */
export async function readAlpha(file: SafetensorsFile, name: string): Promise<number> {
  const weight = file.weights.get(name);
  const single = ALPHA_TYPES.test(weight.dtype) && weight.shape.every((size) => size === 1);
  const value = single ? toFloat32(await readWeight(weight))[0] : undefined;
  if (value !== undefined && isPlausible(value)) return value;
  throw loraError(
    "LORA_ALPHA",
    `${file.source.name}: ${name} must be one number of a usual size, is ${weight.dtype} [${weight.shape}] ${value}. ` +
      "The file is damaged",
    { file: file.source.name, tensor: name },
  );
}

// Quantised layers as ComfyUI stores them (comfy/quant_ops.py, comfy/ops.py): a layer's weight in 8 bits, `weight_scale`, and
// `comfy_quant`, the bytes of a JSON object that names the format; or one JSON object for all layers in the metadata.
import { type ByteSource, placeOf } from "@sunstep/files";
import { elementCount } from "@sunstep/tensor";
import { checkpointError } from "../errors.js";
import { isJsonObject, type Json, type JsonObject, parseJsonObject } from "../json.js";
import type { TensorEntry } from "./header.js";

/** The types of the formats that are a number for each element times a scale. */
const typeOfFormat: Readonly<Record<string, string>> = {
  float8_e4m3fn: "F8_E4M3",
  float8_e5m2: "F8_E5M2",
  int8_tensorwise: "I8",
};

/** Keys of a format's JSON that change what its numbers mean. */
const CHANGES = ["convrot"] as const;

const QUANT = ".comfy_quant";
/** Before formats had names: "X.scale_weight" beside weights in float8, and a tensor "scaled_fp8" that marks the file. */
const MARKER = "scaled_fp8";
const OLD_SCALE = ".scale_weight";
/** Scales of activations, for processors that multiply in 8 bits. */
const unused = [".input_scale", ".scale_input"];
const MAX_JSON_BYTES = 4096;

/**
 * Gives quantised weights the tensors of their scales, and leaves out tensors that only describe others.
 * @throws CHECKPOINT_UNSUPPORTED for a format, or a form of one, that is not known
 */
export async function withScales(
  source: ByteSource,
  metadata: Readonly<Record<string, string>>,
  tensors: ReadonlyMap<string, TensorEntry>,
): Promise<ReadonlyMap<string, TensorEntry>> {
  const formats = new Map([
    ...formatsInMetadata(source, metadata),
    ...(await formatsInTensors(source, tensors)),
    ...oldFormats(tensors),
  ]);
  if (formats.size === 0) return tensors;
  const result = new Map(tensors);
  for (const [layer, format] of formats) {
    const weight = tensors.get(`${layer}.weight`);
    if (!weight) continue;
    const scale = tensors.get(`${layer}.weight_scale`) ?? tensors.get(layer + OLD_SCALE);
    result.set(weight.name, quantized(source, layer, format, weight, scale));
    for (const ending of [".weight_scale", OLD_SCALE, QUANT, ...unused]) result.delete(layer + ending);
  }
  for (const name of tensors.keys()) if (name === MARKER || name.endsWith(`.${MARKER}`)) result.delete(name);
  return result;
}

/** The weight in its format's type, with its scale; older files store float8 as U8. */
function quantized(
  source: ByteSource,
  layer: string,
  format: JsonObject,
  weight: TensorEntry,
  scale: TensorEntry | undefined,
): TensorEntry {
  const name = format.format;
  const dtype =
    typeof name === "string" && Object.hasOwn(typeOfFormat, name) ? typeOfFormat[name]! : undefined;
  const change = CHANGES.find((key) => format[key] !== undefined && format[key] !== false);
  const scales = scale ? elementCount(scale.shape) : 0;
  const isScaled = scales === 1 || scales === weight.shape[0] || (scales === 0 && dtype !== "I8");
  if (dtype && !change && isScaled && (weight.dtype === dtype || weight.dtype === "U8"))
    return { ...weight, dtype, ...(scale && { scale }) };
  const form = [
    `${String(name)}${change ? ` with ${change}` : ""}`,
    `${weight.dtype} [${weight.shape}]`,
    scale ? `scales [${scale.shape}]` : "no scale",
  ];
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${placeOf(source)}: layer ${layer} is quantised in a way that is not supported (${form.join(", ")}). Known are ` +
      `${Object.keys(typeOfFormat).join(", ")} with one scale, or one for each row; use such a file, or float16`,
    { file: placeOf(source), layer, format },
  );
}

function* formatsInMetadata(
  source: ByteSource,
  metadata: Readonly<Record<string, string>>,
): Iterable<[string, JsonObject]> {
  const text = metadata._quantization_metadata;
  if (text === undefined) return;
  const what = "_quantization_metadata";
  const { layers } = parseJsonObject(new TextEncoder().encode(text), source.name, what);
  if (!isJsonObject(layers)) return;
  for (const [layer, format] of Object.entries<Json>(layers)) if (isJsonObject(format)) yield [layer, format];
}

async function formatsInTensors(
  source: ByteSource,
  tensors: ReadonlyMap<string, TensorEntry>,
): Promise<[string, JsonObject][]> {
  const described = [...tensors.values()].filter(
    ({ name, length }) => name.endsWith(QUANT) && length <= MAX_JSON_BYTES,
  );
  return Promise.all(
    described.map(async ({ name, offset, length }): Promise<[string, JsonObject]> => {
      const bytes = await source.read(offset, length);
      return [name.slice(0, -QUANT.length), parseJsonObject(bytes, source.name, name)];
    }),
  );
}

/** Layers of files that are marked as a whole. */
function* oldFormats(tensors: ReadonlyMap<string, TensorEntry>): Iterable<[string, JsonObject]> {
  for (const name of tensors.keys()) {
    if (!name.endsWith(OLD_SCALE)) continue;
    const layer = name.slice(0, -OLD_SCALE.length);
    const dtype = tensors.get(`${layer}.weight`)?.dtype;
    const format = Object.keys(typeOfFormat).find(
      (one) => one.startsWith("float8") && typeOfFormat[one] === dtype,
    );
    if (format) yield [layer, { format }];
  }
}

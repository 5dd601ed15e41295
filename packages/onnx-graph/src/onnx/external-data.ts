import type { ByteSource } from "@sunstep/files";
import { byteLength } from "../data.js";
import { onnxError } from "../errors.js";
import type { DataType } from "../model.js";
import type { ReadOnnxOptions } from "./read-options.js";

/** A tensor's external_data field as it stands in the file. */
export interface ExternalEntry {
  readonly tensor: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly entries: ReadonlyMap<string, string>;
}

/** Opens every file that external tensors name, after checking that it lies in the model's folder and is long enough. */
export async function resolveExternal(
  external: readonly ExternalEntry[],
  { open, file = "the model" }: ReadOnnxOptions,
): Promise<Map<string, ByteSource>> {
  const sources = new Map<string, ByteSource>();
  for (const { tensor, dtype, shape, entries } of external) {
    const location = entries.get("location") ?? "";
    checkLocation(location, tensor, file);
    const source = sources.get(location) ?? (await open?.(location));
    if (!source) {
      throw onnxError(
        "ONNX_EXTERNAL_MISSING",
        `${file}: external data file ${location} (weights of ${tensor}) is missing`,
        { location, tensor },
      );
    }
    sources.set(location, source);
    const offset = wholeNumber(entries.get("offset") ?? "0");
    const needed = byteLength(dtype, shape);
    const length = entries.has("length") ? wholeNumber(entries.get("length")!) : needed;
    if (offset === undefined || length === undefined || length !== needed || offset + length > source.size) {
      throw onnxError(
        "ONNX_EXTERNAL_RANGE",
        `${file}: ${tensor} needs ${needed} bytes at offset ${entries.get("offset") ?? 0} of ${location} (length ${entries.get("length") ?? "not given"}), which has ${source.size}`,
        { location, tensor },
      );
    }
  }
  return sources;
}

/** Checks that a location is relative and stays in the model's folder on any system. */
function checkLocation(location: string, tensor: string, file: string): void {
  const parts = location.split(/[/\\]/);
  const absolute = /^([/\\]|[a-z]:)/i.test(location);
  if (location === "" || absolute || parts.includes("..") || location.includes("\0")) {
    throw onnxError(
      "ONNX_EXTERNAL_PATH",
      `${file}: external data location ${JSON.stringify(location)} of ${tensor} leaves the model's folder`,
      { location, tensor },
    );
  }
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

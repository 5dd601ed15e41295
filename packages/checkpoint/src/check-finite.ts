import { throwIfAborted } from "@sunstep/errors";
import { placeOf } from "@sunstep/files";
import type { DataType, Float8Format } from "@sunstep/tensor";
import { checkpointError } from "./errors.js";
import type { WeightRef, Weights } from "./weights.js";

const CHUNK_BYTES = 1 << 22;

/** The exponent bits, all set in NaN and infinity only, within the element's last 8, 16 or 32 bits. */
const EXPONENT: Partial<
  Record<DataType | Float8Format, { readonly bytes: 1 | 2 | 4 | 8; readonly mask: number }>
> = {
  // All bits but the sign: e4m3fn has a NaN and no infinity.
  e4m3fn: { bytes: 1, mask: 0x7f },
  e5m2: { bytes: 1, mask: 0x7c },
  float16: { bytes: 2, mask: 0x7c00 },
  bfloat16: { bytes: 2, mask: 0x7f80 },
  float32: { bytes: 4, mask: 0x7f800000 },
  float64: { bytes: 8, mask: 0x7ff00000 },
};

/**
 * Reads all weights, a few megabytes at a time. Throws `CHECKPOINT_NOT_FINITE` for the first that holds NaN or infinity.
 * It reads the whole file: call it to explain a bad result, not at every load.
 */
export async function checkFinite(weights: Weights, signal?: AbortSignal): Promise<void> {
  for (const name of weights.names()) {
    const index = await firstNonFinite(weights.get(name), signal);
    if (index === undefined) continue;
    const { source } = weights.get(name);
    throw checkpointError(
      "CHECKPOINT_NOT_FINITE",
      `${placeOf(source)}: weight ${name} is NaN or infinite at element ${index}. The file is damaged, or its training failed`,
      { file: placeOf(source), weight: name, index },
    );
  }
}

async function firstNonFinite(weight: WeightRef, signal?: AbortSignal): Promise<number | undefined> {
  const rule = EXPONENT[weight.float8 ?? weight.dtype];
  if (!rule) return undefined;
  const { bytes, mask } = rule;
  for (let done = 0; done < weight.length; done += CHUNK_BYTES) {
    throwIfAborted(signal, `checking ${weight.source.name}`);
    const part = await weight.source.read(weight.offset + done, Math.min(CHUNK_BYTES, weight.length - done));
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    for (let at = 0; at + bytes <= part.byteLength; at += bytes) {
      const high =
        bytes === 1
          ? view.getUint8(at)
          : bytes === 2
            ? view.getUint16(at, true)
            : view.getInt32(at + bytes - 4, true);
      if ((high & mask) === mask) return (done + at) / bytes;
    }
  }
  return undefined;
}

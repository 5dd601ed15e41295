import { open } from "node:fs/promises";
import type { Shapes } from "@sunstep/checkpoint";

const FLUSH_BYTES = 32 * 2 ** 20;

/** Values of one weight: all `constant`, or normally distributed with the given deviation. */
export type Fill = { readonly constant: number } | { readonly deviation: number };

/**
 * Writes seeded random weights as a float16 `.safetensors` file
 * (format: huggingface.co/docs/safetensors, "Format").
 */
export async function writeRandomSafetensors(
  path: string,
  shapes: Shapes,
  fill: (name: string, shape: readonly number[]) => Fill,
  seed: number,
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const begin = end;
    end += 2 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: "F16", shape, data_offsets: [begin, end] };
  }
  const json = JSON.stringify(header);
  const padded = Buffer.from(json + " ".repeat((8 - (Buffer.byteLength(json) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const file = await open(path, "w");
  try {
    await file.write(length);
    await file.write(padded);
    let state = seed;
    for (const [name, shape] of Object.entries(shapes)) {
      const table = halfTable(fill(name, shape));
      let left = shape.reduce((product, size) => product * size, 1);
      while (left > 0) {
        const halves = new Uint16Array(Math.min(left, FLUSH_BYTES / 2));
        for (let i = 0; i < halves.length; i++) {
          // Knuth's linear congruential generator; the high bits choose from the table.
          state = (Math.imul(state, 1664525) + 1013904223) | 0;
          halves[i] = table[state >>> 20]!;
        }
        await file.write(new Uint8Array(halves.buffer));
        left -= halves.length;
      }
    }
  } finally {
    await file.close();
  }
}

/** 4096 float16 values to draw from: quantiles of the normal distribution. */
function halfTable(fill: Fill): Uint16Array {
  if ("constant" in fill) return new Uint16Array(4096).fill(toHalf(fill.constant));
  // Box-Muller over a grid of 64 radii and 64 angles.
  return Uint16Array.from({ length: 4096 }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(((i >> 6) + 0.5) / 64));
    return toHalf(fill.deviation * radius * Math.cos((2 * Math.PI * ((i & 63) + 0.5)) / 64));
  });
}

/** To IEEE half precision; values here are small and normal, so truncation does. */
function toHalf(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const sign = value < 0 ? 0x8000 : 0;
  if (exponent < -14) return sign;
  return sign | ((exponent + 15) << 10) | Math.floor((Math.abs(value) / 2 ** exponent - 1) * 1024);
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeFloat16 } from "@sunstep/tensor";
import type { Latents } from "./encode.js";
import type { Picture } from "./plan.js";

/** A line of `captions.jsonl`. */
export type CaptionLine = Pick<Picture, "captions" | "negatives" | "weight">;

/** `latents.safetensors` with `latents` in float16, and `captions.jsonl` with a line for each of them. */
export async function writeDataFolder(
  folder: string,
  latents: Latents,
  lines: readonly CaptionLine[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const data = encodeFloat16(latents.data);
  const header = JSON.stringify({
    latents: { dtype: "F16", shape: latents.shape, data_offsets: [0, data.byteLength] },
  });
  const padded = Buffer.from(header.padEnd(Math.ceil(header.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  await writeFile(
    join(folder, "latents.safetensors"),
    Buffer.concat([length, padded, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  );
  const json = lines.map(({ captions, negatives, weight }) =>
    JSON.stringify({ captions, negatives, weight }),
  );
  await writeFile(join(folder, "captions.jsonl"), `${json.join("\n")}\n`);
}

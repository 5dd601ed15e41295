import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";

interface Entry {
  readonly data_offsets: readonly [number, number];
}

/** The fixture's LoRA without its changes to the text encoder, as a file. */
export function unetLora(): File {
  const bytes = readFileSync(fixture("lora/kohya.safetensors"));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Record<string, Entry>;
  const kept = Object.entries(header).filter(([name]) => name.startsWith("lora_unet"));
  const tensors: Uint8Array[] = [];
  let size = 0;
  const entries = kept.map(([name, entry]) => {
    const [from, to] = entry.data_offsets;
    tensors.push(bytes.subarray(start + from, start + to));
    const begin = size;
    size += to - from;
    return [name, { ...entry, data_offsets: [begin, size] }] as const;
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const length = new BigUint64Array([BigInt(text.length)]);
  return new File([length, text, ...tensors] as BlobPart[], "unet-only.safetensors");
}

import { readFileSync, writeFileSync } from "node:fs";

/** Copies the tensors whose names `keep` accepts from one .safetensors file to another, in the order of the source. */
export function cutSafetensors(source, target, keep) {
  const file = readFileSync(source);
  const length = Number(file.readBigUInt64LE(0));
  const { __metadata__: metadata, ...entries } = JSON.parse(file.toString("utf8", 8, 8 + length));
  const header = metadata ? { __metadata__: metadata } : {};
  const parts = [];
  let offset = 0;
  for (const [name, entry] of Object.entries(entries)) {
    if (!keep(name)) continue;
    const [begin, end] = entry.data_offsets;
    parts.push(file.subarray(8 + length + begin, 8 + length + end));
    header[name] = { ...entry, data_offsets: [offset, offset + end - begin] };
    offset += end - begin;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(padded.length));
  writeFileSync(target, Buffer.concat([size, padded, ...parts]));
}

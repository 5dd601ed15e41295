// Safetensors files with one thing changed, drawn by a seed.
import { TorchGenerator } from "@sunstep/tensor";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}
type Header = Record<string, Entry | Record<string, string>>;

export type Damage = "shape" | "name" | "type" | "byte";
export const damages: readonly Damage[] = ["shape", "name", "type", "byte"];

/** Types of as many bits: the file stays well-formed when one takes another's place. */
const SIBLINGS: Readonly<Record<string, readonly string[]>> = {
  F16: ["BF16", "I16", "U16"],
  BF16: ["F16", "I16"],
  F32: ["I32", "U32"],
  I64: ["F64", "U64"],
};

/** Room for a header that grows, so that the tensors stay in their places. */
const SPARE_BYTES = 256;

/** The file, with spare room after its header. */
export function withRoom(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const { text, room, data } = split(file);
  return join(text, room + SPARE_BYTES, data);
}

/** Changes one thing in the header of a file of `withRoom`. */
export function damaged(file: Uint8Array, kind: Damage, seed: number): Uint8Array<ArrayBuffer> {
  const { text, room, data } = split(file);
  const random = new TorchGenerator(seed).rand(8);
  const draw = (count: number, i: number) => Math.min(count - 1, Math.floor(random[i]! * count));
  if (kind === "byte") {
    const at = draw(text.length, 0);
    return join(text.slice(0, at) + String.fromCharCode(0x20 + draw(95, 1)) + text.slice(at + 1), room, data);
  }
  const header = JSON.parse(text) as Header;
  const names = Object.keys(header).filter((name) => name !== "__metadata__");
  const name = names[draw(names.length, 0)]!;
  const entry = header[name] as Entry;
  const changed = kind === "name" ? respelled(name, draw(name.length, 1), draw(36, 2)) : name;
  if (kind === "shape") entry.shape = reshaped(entry.shape, draw(4, 1));
  if (kind === "type") {
    const others = SIBLINGS[entry.dtype] ?? ["I8"];
    entry.dtype = others[draw(others.length, 1)]!;
  }
  const renamed = Object.entries(header).map(([key, value]) => [key === name ? changed : key, value]);
  return join(JSON.stringify(Object.fromEntries(renamed)), room, data);
}

const respelled = (name: string, at: number, letter: number) =>
  `${name.slice(0, at)}${letter.toString(36)}${name.slice(at + 1)}`;

/** Another shape, of as many elements but for the last form. */
function reshaped(shape: readonly number[], form: number): number[] {
  const [first = 1, ...rest] = shape;
  if (form === 0) return shape.toReversed();
  if (form === 1) return [shape.reduce((product, size) => product * size, 1)];
  if (form === 2) return [1, ...shape];
  return [first + 1, ...rest];
}

function split(file: Uint8Array) {
  const room = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const text = new TextDecoder().decode(file.subarray(8, 8 + room)).trimEnd();
  return { text, room, data: file.subarray(8 + room) };
}

function join(header: string, room: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(8 + room + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(room), true);
  file.fill(0x20, 8, 8 + room);
  file.set(new TextEncoder().encode(header), 8);
  file.set(data, 8 + room);
  return file;
}

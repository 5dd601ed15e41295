// The header of a safetensors file, checked as the format asks (https://github.com/huggingface/safetensors#format):
// 8 bytes with the header's length, a JSON object, then the tensors' bytes without holes.

import { type ByteSource, placeOf } from "@sunstep/files";
import { type CheckpointErrorCode, checkpointError } from "../errors.js";
import { decodeUtf8, describeJson, isJsonObject, type Json, jsonEntries } from "../json.js";
import { BITS_OF } from "./data-type.js";
import { foreignFormat } from "./foreign-format.js";

/** One tensor of the file, as its header describes it. */
export interface TensorEntry {
  readonly name: string;
  /** As the format spells it: F32, F16, BF16, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** From the start of the file, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** The tensor of its scale, if it is quantised. */
  readonly scale?: TensorEntry;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** Bytes of the header's length, which stands before it. */
export const LENGTH_BYTES = 8;
/** The key of the header that does not name a tensor. */
export const METADATA = "__metadata__";
/** The official library's limit. */
const MAX_HEADER_LENGTH = 100_000_000;
const MAX_TENSORS = 200_000;
/** About ten times the longest published name. Names are matched against patterns and stand in messages. */
const MAX_NAME_LENGTH = 1000;
const MAX_RANK = 16;
/** A tensor has about ten values, metadata of a training some hundred. */
const MAX_VALUES = 20_000;
/** The official library reads headers by serde_json. */
const HEADER_RULES = { strict: true, maxValues: MAX_VALUES } as const;
/** Time that a header is parsed at a stretch. */
const SLICE_MS = 20;
const MAX_SIZE = 2n ** 64n;

export async function readHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const file = placeOf(source);
  const fail = (code: CheckpointErrorCode, problem: string, details: Record<string, unknown> = {}): never => {
    throw checkpointError(code, `${file}: ${problem}`, { file, ...details });
  };
  const start = await source.read(0, Math.min(source.size, 64));
  const foreign = foreignFormat(start);
  if (foreign) fail("CHECKPOINT_NOT_SAFETENSORS", foreign);
  if (start.byteLength < LENGTH_BYTES) {
    fail(
      "CHECKPOINT_TRUNCATED",
      `${source.size} bytes are too short for a safetensors file. Download it again`,
    );
  }
  const claimed = new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true);
  const available = source.size - LENGTH_BYTES;
  if (claimed > BigInt(MAX_HEADER_LENGTH) || claimed > BigInt(available)) {
    fail(
      claimed > BigInt(MAX_HEADER_LENGTH) ? "CHECKPOINT_HEADER" : "CHECKPOINT_TRUNCATED",
      `the header is said to be ${claimed} bytes long, but the file has ${available} after it and the format allows ` +
        `${MAX_HEADER_LENGTH}. Either it is not a safetensors file, or its download stopped early`,
    );
  }
  const length = Number(claimed);
  const bytes = await source.read(LENGTH_BYTES, length);
  if (bytes.byteLength < length)
    fail("CHECKPOINT_TRUNCATED", "the file ends inside its header. Download it again");
  if (bytes[0] !== 0x7b)
    fail("CHECKPOINT_HEADER", "its header does not start with {: not a safetensors file");

  const data: DataSection = { file, start: LENGTH_BYTES + length, length: available - length };
  const what = "the safetensors header";
  const entries = jsonEntries(decodeUtf8(bytes, file, what), file, what, HEADER_RULES);
  const tensors = new Map<string, TensorEntry>();
  let metadata: Readonly<Record<string, string>> = metadataOf(null, file);
  let pauseAt = performance.now() + SLICE_MS;
  for (const [name, value] of entries) {
    if (name === METADATA) {
      metadata = metadataOf(value, file);
    } else {
      if (tensors.size === MAX_TENSORS) fail("CHECKPOINT_HEADER", `more than ${MAX_TENSORS} tensors`);
      if (name.length > MAX_NAME_LENGTH)
        fail(
          "CHECKPOINT_HEADER",
          `the name of a tensor has ${name.length} characters: ${name.slice(0, 60)}...`,
        );
      tensors.set(name, tensorEntry(name, value, data));
    }
    if (performance.now() < pauseAt) continue;
    await otherTasks();
    pauseAt = performance.now() + SLICE_MS;
  }
  checkLayout([...tensors.values()], data);
  return { metadata, tensors };
}

/** Lets timers, input and network events run: a large header takes seconds in all. */
const otherTasks = (): Promise<void> => new Promise((resume) => setTimeout(resume));

/** The place of the tensors' bytes in the file. */
interface DataSection {
  readonly file: string;
  readonly start: number;
  readonly length: number;
}

function tensorEntry(name: string, entry: Json, { file, start, length }: DataSection): TensorEntry {
  const fail = (problem: string, code: CheckpointErrorCode = "CHECKPOINT_HEADER"): never => {
    throw checkpointError(code, `${file}: tensor ${name}: ${problem}`, { file, tensor: name });
  };
  if (!isJsonObject(entry)) return fail(`its entry must be an object, is ${describeJson(entry)}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string") return fail(`dtype must be a string, is ${describeJson(dtype)}`);
  const bits = Object.hasOwn(BITS_OF, dtype) ? BITS_OF[dtype] : undefined;
  if (bits === undefined) return fail(`unknown dtype ${dtype}`, "CHECKPOINT_DATA_TYPE");
  if (!isSizes(shape) || shape.length > MAX_RANK) {
    return fail(
      `shape must be a list of at most ${MAX_RANK} integers of at least 0, is ${describeJson(shape)}`,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2) {
    return fail(`data_offsets must be two integers of at least 0, are ${describeJson(offsets)}`);
  }
  const [begin, end] = offsets as readonly [number, number];
  if (end < begin) return fail(`data_offsets end (${end}) before they begin (${begin})`);
  // Counted in bigints: a product of doubles could be rounded into the expected number.
  let neededBits = BigInt(bits);
  let elements = 1n;
  for (const size of shape) {
    elements *= BigInt(size);
    neededBits *= BigInt(size);
    // The official library multiplies in 64 bits, from the left: a later 0 does not help.
    if (elements >= MAX_SIZE) return fail(`the sizes of [${shape}] multiply to more than 64 bits`);
  }
  if (neededBits !== BigInt(end - begin) * 8n) {
    return fail(`${dtype} [${shape}] needs ${neededBits / 8n} bytes, data_offsets give ${end - begin}`);
  }
  if (end > length) {
    return fail(
      `its bytes end at ${end}, but the file holds ${length}. Was the download cut short?`,
      "CHECKPOINT_TRUNCATED",
    );
  }
  return { name, dtype, shape, offset: start + begin, length: end - begin };
}

function isSizes(value: Json | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Throws unless tensors follow each other without overlaps and holes up to the end of the file. */
function checkLayout(tensors: readonly TensorEntry[], { file, start, length }: DataSection): void {
  let end = start;
  let before = "the header";
  for (const tensor of tensors.toSorted((a, b) => a.offset - b.offset || a.length - b.length)) {
    if (tensor.offset !== end) {
      const what = tensor.offset < end ? "overlaps" : `leaves a hole of ${tensor.offset - end} bytes after`;
      throw checkpointError("CHECKPOINT_HEADER", `${file}: tensor ${tensor.name} ${what} ${before}`, {
        file,
        tensor: tensor.name,
      });
    }
    end = tensor.offset + tensor.length;
    before = tensor.name;
  }
  if (end !== start + length) {
    throw checkpointError(
      "CHECKPOINT_HEADER",
      `${file}: ${start + length - end} bytes follow the last tensor, which the format forbids`,
      { file },
    );
  }
}

function metadataOf(entry: Json, file: string): Record<string, string> {
  const metadata = Object.create(null) as Record<string, string>;
  const given = entry ?? {};
  if (!isJsonObject(given)) {
    throw checkpointError(
      "CHECKPOINT_HEADER",
      `${file}: __metadata__ must be an object, is ${describeJson(given)}`,
      {
        file,
      },
    );
  }
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== "string") {
      throw checkpointError(
        "CHECKPOINT_HEADER",
        `${file}: __metadata__ values must be strings, ${key} is ${describeJson(value)}`,
        { file, key },
      );
    }
    metadata[key] = value;
  }
  return metadata;
}

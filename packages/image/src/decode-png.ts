// PNG to pixels. The chunks are read and checked here; fast-png gets the picture's own chunks only, with data that is
// already known to be as long as the header says.

import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import { zlibSync } from "fflate";
import { imageError } from "./errors.js";
import { inflateAtMost } from "./inflate.js";
import { joinBytes } from "./join-bytes.js";
import { type PngChunk, readPngChunks, writePngChunks } from "./png-chunks.js";
import { textOfChunks } from "./png-text.js";
import type { RgbImage } from "./rgb-image.js";

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly samples: number;
  readonly interlaced: boolean;
}

/** Samples a pixel and allowed depths, by colour type. */
const colourTypes: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

export function decodePng(bytes: Uint8Array, maxPixels: number): RgbImage & { text: Map<string, string> } {
  const header = readHeader(bytes, maxPixels);
  const chunks = readPngChunks(bytes);
  const compressed = joinBytes(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const expected = filteredSize(header);
  const raw = inflateAtMost(compressed, expected);
  if (raw.length < expected) {
    throw imageError("IMAGE_TRUNCATED", `the PNG's data ends after ${raw.length} of ${expected} bytes`, {
      expected,
      actual: raw.length,
    });
  }
  const own = (type: string) => chunks.filter((chunk) => chunk.type === type).slice(0, 1);
  const picture: PngChunk[] = [
    ...own("IHDR"),
    ...own("PLTE"),
    ...own("tRNS"),
    { type: "IDAT", data: zlibSync(raw, { level: 0 }) },
    ...own("IEND"),
  ];
  const text = textOfChunks(chunks);
  try {
    return { ...toEightBits(decode(writePngChunks(picture)), header), text };
  } catch (cause) {
    throw imageError("IMAGE_CORRUPT", `the PNG cannot be decoded: ${(cause as Error).message}`, { cause });
  }
}

function readHeader(bytes: Uint8Array, maxPixels: number): Header {
  if (bytes.length < 33)
    throw imageError("IMAGE_TRUNCATED", `the PNG ends after ${bytes.length} bytes, within its header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) {
    throw imageError("IMAGE_CORRUPT", "the PNG does not begin with its IHDR chunk");
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colour, compression, filter, interlace] = bytes.subarray(24, 29);
  if (width === 0 || height === 0)
    throw imageError("IMAGE_CORRUPT", `the PNG is ${width}x${height} pixels`, { width, height });
  if (width * height > maxPixels) {
    throw imageError(
      "IMAGE_TOO_LARGE",
      `the PNG is ${width}x${height} pixels, the limit is ${maxPixels} pixels`,
      {
        width,
        height,
        maxPixels,
      },
    );
  }
  const type = colourTypes[colour!];
  if (!type?.depths.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1) {
    throw imageError(
      "IMAGE_CORRUPT",
      `the PNG's header is invalid: colour type ${colour}, ${depth} bits, interlace ${interlace}`,
    );
  }
  if (interlace === 1 && depth! < 8) {
    throw imageError(
      "IMAGE_UNSUPPORTED",
      `interlaced PNGs of ${depth} bits are not read: save it without interlacing`,
      {
        depth,
      },
    );
  }
  return { width, height, depth: depth!, samples: type.samples, interlaced: interlace === 1 };
}

/** x and y of the first pixel, and the steps, of Adam7's seven passes. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes of the inflated data: each row has its filter's number before its samples. */
function filteredSize({ width, height, depth, samples, interlaced }: Header): number {
  const size = (columns: number, rows: number) =>
    columns === 0 ? 0 : rows * (1 + Math.ceil((columns * depth * samples) / 8));
  if (!interlaced) return size(width, height);
  return adam7.reduce(
    (total, [x, y, stepX, stepY]) =>
      total + size(Math.max(0, Math.ceil((width - x) / stepX)), Math.max(0, Math.ceil((height - y) / stepY))),
    0,
  );
}

function toEightBits(png: DecodedPng, { samples }: Header): RgbImage {
  const { width, height, depth } = png;
  if (png.palette) {
    const data = convertIndexedToRgb(png);
    return { width, height, channels: png.palette[0]!.length === 4 ? 4 : 3, data };
  }
  const values = depth < 8 ? unpack(png) : png.data;
  const largest = 2 ** depth - 1;
  const eight = (value: number) => (depth === 16 ? value >> 8 : (value * 255) / largest);
  const transparent = png.transparency?.length === samples ? png.transparency : undefined;
  if (samples === 1 && !transparent) {
    return { width, height, channels: 1, data: Uint8Array.from(values, eight) };
  }
  const colours = samples < 3 ? 1 : 3;
  const hasAlpha = transparent !== undefined || samples === 2 || samples === 4;
  const channels = hasAlpha ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const pixel = values.subarray(i * samples, (i + 1) * samples);
    for (let c = 0; c < 3; c++) data[i * channels + c] = eight(pixel[colours === 1 ? 0 : c]!);
    if (transparent) data[i * 4 + 3] = pixel.every((value, c) => value === transparent[c]) ? 0 : 255;
    else if (hasAlpha) data[i * 4 + 3] = eight(pixel[samples - 1]!);
  }
  return { width, height, channels, data };
}

/** Grey samples of fewer than 8 bits; rows begin at whole bytes. */
function unpack({ width, height, depth, data }: DecodedPng): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let i = 0; i < samples.length; i++) {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * rowBytes + (bit >> 3)]!;
    samples[i] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  }
  return samples;
}

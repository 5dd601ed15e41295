// PNG to pixels, row by row: memory is the image's own, however the file is made.

import { imageError } from "../errors.js";
import type { RgbImage } from "../rgb-image.js";
import type { Steps } from "../steps.js";
import { type Exif, exifOfProfile, NO_EXIF, parseExif } from "../text/exif.js";
import { inflateParts, LARGEST_RATIO } from "./inflate.js";
import { type PngChunk, readPngChunks } from "./png-chunks.js";
import { type Pass, passesOf, rowBytes, rowSink } from "./png-rows.js";
import { textOfChunks } from "./png-text.js";

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly samples: number;
  readonly interlaced: boolean;
}

const PALETTE = 3;

/** Samples a pixel and allowed depths, by colour type. */
const colourTypes: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  [PALETTE]: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

export interface DecodedPng {
  readonly image: RgbImage;
  readonly text: ReadonlyMap<string, string>;
  readonly exif: Exif;
}

export function* decodePng(bytes: Uint8Array, maxPixels: number): Steps<DecodedPng> {
  const header = readHeader(bytes, maxPixels);
  const chunks = readPngChunks(bytes);
  const passes = passesOf(header.width, header.height, header.interlaced);
  const bitsPerPixel = header.depth * header.samples;
  const expected = passes.reduce(
    (sum, pass) => sum + pass.height * (1 + rowBytes(pass.width, bitsPerPixel)),
    0,
  );
  const compressed = chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data);
  const held = compressed.reduce((sum, { length }) => sum + length, 0);
  const truncated = (actual: number) =>
    imageError("IMAGE_TRUNCATED", `the PNG's data ends after ${actual} of ${expected} bytes`, {
      expected,
      actual,
    });
  // Before memory is taken for the pixels.
  if (held * LARGEST_RATIO < expected) throw truncated(held * LARGEST_RATIO);
  const { image, write } = canvas(header, chunks);
  const actual = yield* inflateParts(compressed, expected, rowSink(passes, bitsPerPixel, write));
  if (actual < expected) throw truncated(actual);
  const text = textOfChunks(chunks);
  const exif = chunks.find(({ type }) => type === "eXIf");
  return { image, text, exif: exif ? parseExif(exif.data) : (exifOfProfile(text) ?? NO_EXIF) };
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
  const type = colourTypes[colour!];
  if (!type?.depths.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1) {
    throw imageError(
      "IMAGE_CORRUPT",
      `the PNG's header is invalid: colour type ${colour}, ${depth} bits, interlace ${interlace}`,
    );
  }
  const { samples } = type;
  // Rows of 16-bit samples cost up to twice as much to read as the four bytes that a pixel takes.
  const cost = width * height * Math.max(1, (depth! * samples) / 32);
  if (cost > maxPixels) {
    throw imageError(
      "IMAGE_TOO_LARGE",
      `the PNG is ${width}x${height} pixels of ${depth! * samples} bits, the limit is ${maxPixels} pixels of 32 bits`,
      { width, height, maxPixels },
    );
  }
  return { width, height, depth: depth!, colourType: colour!, samples, interlaced: interlace === 1 };
}

/** Returns the image to fill, and the function that writes a row of a pass into it. */
function canvas(header: Header, chunks: readonly PngChunk[]) {
  const { width, height, depth, samples } = header;
  const palette = header.colourType === PALETTE ? readPalette(chunks) : undefined;
  const transparent = palette ? undefined : readTransparent(header, chunks);
  const hasAlpha = transparent !== undefined || samples === 2 || samples === 4;
  const channels = palette ? palette.channels : hasAlpha ? 4 : samples === 1 ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  const read = sampleReader(depth);
  const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const eight = (value: number) => (depth === 16 ? value >> 8 : value * scale);

  function writePixel(row: Uint8Array, i: number, at: number) {
    const first = read(row, i * samples);
    if (palette) {
      const { colours } = palette;
      if ((first + 1) * channels > colours.length) {
        throw imageError("IMAGE_CORRUPT", `the PNG uses colour ${first}, its palette has fewer`, {
          colour: first,
        });
      }
      for (let c = 0; c < channels; c++) data[at + c] = colours[first * channels + c]!;
      return;
    }
    const colours = samples < 3 ? 1 : 3;
    data[at] = eight(first);
    if (channels === 1) return;
    let isTransparent = transparent !== undefined && first === transparent[0];
    for (let c = 1; c < 3; c++) {
      const value = colours === 1 ? first : read(row, i * samples + c);
      if (transparent && colours === 3 && value !== transparent[c]) isTransparent = false;
      data[at + c] = eight(value);
    }
    if (channels === 4)
      data[at + 3] = transparent ? (isTransparent ? 0 : 255) : eight(read(row, (i + 1) * samples - 1));
  }

  return {
    image: { width, height, channels, data } satisfies RgbImage as RgbImage,
    write(row: Uint8Array, pass: Pass, index: number) {
      const start = (pass.y + index * pass.stepY) * width + pass.x;
      if (depth === 8 && channels === samples && !palette && pass.stepX === 1) {
        data.set(row, start * channels);
        return;
      }
      for (let i = 0; i < pass.width; i++) writePixel(row, i, (start + i * pass.stepX) * channels);
    },
  };
}

type SampleReader = (row: Uint8Array, index: number) => number;

function sampleReader(depth: number): SampleReader {
  if (depth === 8) return (row, index) => row[index]!;
  if (depth === 16) return (row, index) => (row[index * 2]! << 8) | row[index * 2 + 1]!;
  const mask = 2 ** depth - 1;
  return (row, index) => {
    const bit = index * depth;
    return (row[bit >> 3]! >> (8 - depth - (bit & 7))) & mask;
  };
}

interface Palette {
  readonly channels: 3 | 4;
  readonly colours: Uint8Array;
}

function readPalette(chunks: readonly PngChunk[]): Palette {
  const colours = chunks.find(({ type }) => type === "PLTE")?.data;
  if (!colours || colours.length === 0 || colours.length % 3 !== 0)
    throw imageError("IMAGE_CORRUPT", "the PNG has no palette, or one that is not whole");
  const alpha = chunks.find(({ type }) => type === "tRNS")?.data;
  if (!alpha) return { channels: 3, colours };
  const count = colours.length / 3;
  const rgba = new Uint8Array(count * 4);
  for (let i = 0; i < count; i++) {
    rgba.set(colours.subarray(i * 3, i * 3 + 3), i * 4);
    rgba[i * 4 + 3] = alpha[i] ?? 255;
  }
  return { channels: 4, colours: rgba };
}

/** The one colour that is transparent, as samples of the image's own depth. */
function readTransparent({ samples }: Header, chunks: readonly PngChunk[]): readonly number[] | undefined {
  const data = chunks.find(({ type }) => type === "tRNS")?.data;
  if (!data || samples === 2 || samples === 4 || data.length !== samples * 2) return undefined;
  return Array.from({ length: samples }, (_, c) => (data[c * 2]! << 8) | data[c * 2 + 1]!);
}

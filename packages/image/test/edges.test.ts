import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { zlibSync } from "fflate";
import { describe, expect, it } from "vitest";
import { decodeImage, decodeImageInSlices, encodePng, readImageText } from "../src/index.js";
import { readPngChunks, writePngChunks } from "../src/png/png-chunks.js";
import { bytesOf, pillow } from "./pillow.js";

interface Edges {
  readonly turned: readonly {
    readonly name: string;
    readonly file: string;
    readonly width: number;
    readonly height: number;
    readonly rgb: string;
  }[];
  readonly interlaced: readonly { readonly name: string; readonly file: string; readonly rgba: string }[];
  readonly comments: readonly { readonly name: string; readonly file: string; readonly text: string }[];
}

/** Values that Pillow computed (tooling/reference/generator/image_edges.py). */
const edges: Edges = JSON.parse(readFileSync(new URL("./pillow-edges.json", import.meta.url), "utf8"));

describe("decodeImage", () => {
  it.each(edges.turned)("turns upright as Pillow does: $name", ({ file, width, height, rgb }) => {
    const image = decodeImage(bytesOf(file));
    expect([image.width, image.height]).toEqual([width, height]);
    expect(image.data).toBeAllclose(bytesOf(rgb), { atol: 2 });
  });

  it.each(edges.interlaced)("reads rows and passes as Pillow does: $name", ({ file, rgba }) => {
    const { channels, data, width, height } = decodeImage(bytesOf(file));
    const pixels = Array.from({ length: width * height }, (_, i) => {
      const [r, g = r, b = r, a = 255] = data.subarray(i * channels, (i + 1) * channels);
      return [r!, g!, b!, a];
    });
    // Pillow's grey with alpha of 16 bits is rounded down from another scale.
    expect(pixels.flat()).toBeAllclose(bytesOf(rgba), { atol: 1 });
  });

  it("refuses a PNG with a filter or a colour that there is not", () => {
    const png = encodePng({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
    const withData = (bytes: Uint8Array) =>
      writePngChunks(
        readPngChunks(png).map((chunk) =>
          chunk.type === "IDAT" ? { type: "IDAT", data: zlibSync(bytes) } : chunk,
        ),
      );
    expect(() => decodeImage(withData(Uint8Array.of(5, 0, 0, 0)))).toThrow(
      expect.objectContaining({ code: "IMAGE_CORRUPT", message: expect.stringContaining("filter 5") }),
    );
  });
});

describe("readImageText", () => {
  const readable = edges.comments.filter(({ name }) => !name.startsWith("PNG"));
  it.each(readable)("reads the EXIF comment: $name", ({ file, text }) => {
    expect(readImageText(bytesOf(file)).get("parameters")).toBe(text);
  });

  it.each(readable.filter(({ name }) => name.startsWith("JPEG")))(
    "agrees with decodeImage: $name",
    ({ file, text }) => {
      expect(decodeImage(bytesOf(file)).text.get("parameters")).toBe(text);
    },
  );

  it("reads a PNG's text chunks", () => {
    expect(readImageText(bytesOf(pillow.texts)).get("parameters")).toBe("hello\nworld");
  });

  it("survives any cut and any flipped bit", () => {
    for (const { file } of edges.comments) {
      const bytes = bytesOf(file);
      for (let at = 0; at < bytes.length; at += 3) {
        const flipped = bytes.slice();
        flipped[at]! ^= 1 << (at % 8);
        for (const damaged of [bytes.subarray(0, at), flipped]) {
          try {
            readImageText(damaged);
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^IMAGE_(TRUNCATED|CORRUPT)$/) });
          }
        }
      }
    }
  });
});

describe("image bombs", () => {
  const jpeg = bytesOf(pillow.jpeg.file);
  const offsetOf = (marker: number) => jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === marker);
  const timed = (work: () => unknown) => {
    const start = performance.now();
    expect(work).toThrow(expect.objectContaining({ code: expect.stringMatching(/^IMAGE_/) }));
    return performance.now() - start;
  };

  /** A PNG of zeros, which a thousandth of its size describes. */
  function zeros(side: number): Uint8Array {
    const header = new Uint8Array(13);
    new DataView(header.buffer).setUint32(0, side);
    new DataView(header.buffer).setUint32(4, side);
    header.set([16, 0], 8);
    const data = zlibSync(new Uint8Array(side * (1 + 2 * side)));
    return writePngChunks([
      { type: "IHDR", data: header },
      { type: "IDAT", data },
      { type: "IEND", data: new Uint8Array() },
    ]);
  }

  it("decodes a PNG of 16 bits in slices, with no more memory than its pixels, while timers run", async () => {
    const side = 3000;
    const png = zeros(side);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const arrayBuffers = () => {
      collect();
      collect(); // ends the sweep of the first
      return process.memoryUsage().arrayBuffers;
    };
    const before = arrayBuffers();
    const decoding = decodeImageInSlices(png);
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, arrayBuffers() - before);
    }, 20);
    const { width, channels } = await decoding;
    clearInterval(timer);
    clearInterval(watch);
    expect([width, channels]).toEqual([side, 1]);
    expect(ticks).toBeGreaterThan(2);
    // The pixels, and steps of the inflater; the raw data alone would be 18 MB more.
    expect(most).toBeGreaterThan(side * side);
    expect(most).toBeLessThan(3 * side * side);
  });

  it("refuses 8000x8000 pixels of 64 bits before it reads them", () => {
    const header = zeros(1);
    new DataView(header.buffer).setUint32(16, 8000);
    new DataView(header.buffer).setUint32(20, 8000);
    header[25] = 6;
    expect(timed(() => decodeImage(header))).toBeLessThan(200);
  });

  it("refuses a JPEG that is too short for the pixels it claims", () => {
    const claimed = jpeg.slice();
    claimed.set([0x1f, 0x40, 0x1f, 0x40], offsetOf(0xc0) + 5);
    expect(timed(() => decodeImage(claimed))).toBeLessThan(200);
  });

  it("refuses a JPEG that repeats a scan", () => {
    const scan = jpeg.subarray(offsetOf(0xda), jpeg.length - 2);
    const repeated = new Uint8Array(jpeg.length + 400 * scan.length);
    repeated.set(jpeg.subarray(0, jpeg.length - 2));
    for (let i = 0; i < 400; i++) repeated.set(scan, jpeg.length - 2 + i * scan.length);
    repeated.set([0xff, 0xd9], repeated.length - 2);
    expect(() => decodeImage(repeated)).toThrow(
      expect.objectContaining({ code: "IMAGE_CORRUPT", message: expect.stringContaining("repeats") }),
    );
  });

  it("refuses a PNG that is too short for the pixels it claims", () => {
    const png = encodePng({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
    const chunks = readPngChunks(png).map((chunk) => {
      if (chunk.type !== "IHDR") return chunk;
      const data = chunk.data.slice();
      new DataView(data.buffer).setUint32(0, 7000);
      new DataView(data.buffer).setUint32(4, 7000);
      return { type: "IHDR", data };
    });
    expect(timed(() => decodeImage(writePngChunks(chunks)))).toBeLessThan(200);
  });

  it("counts what a pixel costs: 16 bits and full-size colours count more", () => {
    const sixteen = edges.interlaced.find(({ name }) => name.startsWith("colour type 6, 16 bits, 9x11"))!;
    expect(() => decodeImage(bytesOf(sixteen.file), { maxPixels: 99 })).toThrow(
      expect.objectContaining({ code: "IMAGE_TOO_LARGE" }),
    );
    expect(decodeImage(bytesOf(sixteen.file), { maxPixels: 198 }).width).toBe(9);
  });
});

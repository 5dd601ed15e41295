"""Images at the edges of their formats, as Pillow reads them: python image_edges.py OUT.json

Writes packages/image/test/pillow-edges.json:
  turned: PNGs and JPEGs of each EXIF orientation, with the pixels of ImageOps.exif_transpose;
  interlaced: PNGs of every colour type and depth, plain and Adam7, each row with another filter, with Pillow's pixels;
  comments: JPEG and WebP files with an EXIF UserComment in both byte orders, with the text.
Needs pillow (with WebP) and numpy.
"""
import base64
import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

random = np.random.default_rng(7)
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def text(data):
    return base64.b64encode(data).decode()


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def turned():
    cases = []
    rgb = Image.fromarray(random.integers(0, 256, (5, 3, 3), dtype=np.uint8))
    smooth = Image.fromarray(np.add.outer(np.arange(24) * 4, np.arange(16) * 6).astype(np.uint8)).convert("RGB")
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        for kind, image in [("PNG", rgb), ("JPEG", smooth)]:
            file = saved(image, kind, exif=exif)
            upright = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
            cases.append(dict(name=f"{kind}, orientation {orientation}", file=text(file), width=upright.width, height=upright.height, rgb=text(upright.convert("RGB").tobytes())))
    return cases


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def filtered(row, above, kind, size):
    left = np.concatenate([np.zeros(size, np.uint8), row[:-size]]) if len(row) > size else np.zeros(len(row), np.uint8)
    corner = np.concatenate([np.zeros(size, np.uint8), above[:-size]]) if len(row) > size else np.zeros(len(row), np.uint8)
    a, b, c = left.astype(int), above.astype(int), corner.astype(int)
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    paeth = np.where((pa <= pb) & (pa <= pc), a, np.where(pb <= pc, b, c))
    return bytes([kind]) + (row - [0, a, b, (a + b) // 2, paeth][kind]).astype(np.uint8).tobytes()


def packed(samples, depth):
    if depth == 16:
        return samples.astype(">u2").view(np.uint8)
    if depth == 8:
        return samples.astype(np.uint8)
    bits = ((samples[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8).reshape(-1)
    return np.packbits(bits)


def png(width, height, colour, depth, interlaced):
    samples = SAMPLES[colour]
    pixels = random.integers(0, 2**depth, (height, width, samples))
    data, count = b"", 0
    for x, y, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = pixels[y::dy, x::dx]
        if part.size == 0:
            continue
        above = None
        for line in part:
            row = packed(line.reshape(-1), depth)
            above = np.zeros_like(row) if above is None else above
            data += filtered(row, above, count % 5, max(1, depth * samples // 8))
            above, count = row, count + 1
    palette = chunk(b"PLTE", random.integers(0, 256, 3 * 2**depth, dtype=np.uint8).tobytes()) if colour == 3 else b""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    return b"\x89PNG\r\n\x1a\n" + header + palette + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def pixels_of(file):
    image = Image.open(io.BytesIO(file))
    if image.mode == "I;16":  # Pillow keeps grey of 16 bits; its other 16-bit modes lose the low byte.
        grey = (np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8)
        image = Image.fromarray(grey)
    return image.convert("RGBA").tobytes()


def interlaced():
    cases = []
    for colour, depths in {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}.items():
        for depth in depths:
            for adam7 in [False, True]:
                for width, height in [(9, 11), (3, 2)]:
                    file = png(width, height, colour, depth, adam7)
                    name = f"colour type {colour}, {depth} bits, {width}x{height}{', interlaced' if adam7 else ''}"
                    cases.append(dict(name=name, file=text(file), rgba=text(pixels_of(file))))
    return cases


def comments():
    cases = []
    image = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8))
    comment = "a red apple 🍎\nNegative prompt: leaf\nSteps: 4, Seed: 7"
    encodings = {
        "UTF-16, big-endian": b"UNICODE\0" + comment.encode("utf-16-be"),
        "UTF-16, little-endian": b"UNICODE\0" + comment.encode("utf-16-le"),
        "UTF-8": b"\0" * 8 + comment.encode(),
        "ASCII": b"ASCII\0\0\0" + b"a red apple",
    }
    for name, data in encodings.items():
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9286] = data
        expected = "a red apple" if name == "ASCII" else comment
        for kind in ["JPEG", "WEBP", "PNG"]:
            cases.append(dict(name=f"{kind}, {name}", file=text(saved(image, kind, exif=exif)), text=expected))
    return cases


Path(sys.argv[1]).write_text(json.dumps(dict(turned=turned(), interlaced=interlaced(), comments=comments())) + "\n")

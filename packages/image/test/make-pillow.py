"""Writes pillow.json: images as Pillow and numpy make them. Pillow 13, numpy 2: python make-pillow.py"""
import base64
import io
import json
import pathlib

import numpy as np
from PIL import Image, PngImagePlugin

random = np.random.default_rng(1)


def text(data):
    return base64.b64encode(data).decode()


def resized(w, h, to_w, to_h, mode):
    shape = (h, w, 3) if mode == "RGB" else (h, w)
    image = Image.fromarray(random.integers(0, 256, shape, dtype=np.uint8))
    # diffusers' VaeImageProcessor._resize_and_crop
    wider = to_w / to_h > image.width / image.height
    full_w = to_w if wider else image.width * to_h // image.height
    full_h = image.height * to_w // image.width if wider else to_h
    crop = Image.new(mode, (to_w, to_h))
    crop.paste(image.resize((full_w, full_h), Image.LANCZOS), box=(to_w // 2 - full_w // 2, to_h // 2 - full_h // 2))
    return {
        "from": [w, h], "to": [to_w, to_h], "channels": len(image.getbands()), "data": text(image.tobytes()),
        "stretch": text(image.resize((to_w, to_h), Image.LANCZOS).tobytes()), "crop": text(crop.tobytes()),
        "grey": text(image.convert("L").tobytes()),
    }


def png(name, image, **options):
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    rgba = Image.open(io.BytesIO(file.getvalue())).convert("RGBA")
    return {"name": name, "png": text(file.getvalue()), "rgba": text(rgba.tobytes())}


base = Image.fromarray(random.integers(0, 256, (11, 7, 3), dtype=np.uint8))
grey = base.convert("L")
with_alpha = base.convert("RGBA")
with_alpha.putalpha(grey)
info = PngImagePlugin.PngInfo()
info.add_text("parameters", "hello\nworld")
info.add_text("unicode", "猫 é")
info.add_text("zipped", "zipped é", zip=True)
info.add_itxt("zipped unicode", "猫" * 50, zip=True)
texts = io.BytesIO()
base.save(texts, "PNG", pnginfo=info)
jpeg = io.BytesIO()
smooth = np.kron(np.arange(64, dtype=np.uint8).reshape(8, 8) * 3, np.ones((4, 4), np.uint8))
Image.fromarray(smooth).convert("RGB").save(jpeg, "JPEG", quality=95)

levels = (np.arange(256, dtype=np.uint8).astype(np.float32) / 255.0 * 2.0 - 1.0).astype(np.float32)
values = np.concatenate([np.linspace(-1.1, 1.1, 700, dtype=np.float32), (np.arange(255, dtype=np.float32) + 0.5) / 127.5 - 1])
back = ((values * np.float32(0.5) + np.float32(0.5)).clip(0, 1) * 255).round().astype(np.uint8)

sizes = [(13, 9, 8, 8, "RGB"), (8, 8, 21, 17, "RGB"), (30, 5, 7, 5, "L"), (5, 30, 5, 64, "L"), (64, 48, 32, 32, "L"), (1, 1, 4, 4, "RGB")]
pathlib.Path(__file__).with_name("pillow.json").write_text(json.dumps({
    "resized": [resized(*size) for size in sizes],
    "pngs": [
        png("RGB", base), png("grey", grey), png("1 bit", base.convert("1")), png("grey with alpha", base.convert("LA")),
        png("RGB with alpha", with_alpha), png("palette of 1 bit", base.quantize(2), bits=1),
        png("palette of 2 bits", base.quantize(4), bits=2), png("palette of 4 bits", base.quantize(16), bits=4),
        png("palette of 8 bits", base.quantize(200), bits=8), png("palette with a clear colour", base.quantize(16), transparency=3),
        png("RGB with a clear colour", base, transparency=base.getpixel((0, 0))),
        png("grey with a clear level", grey, transparency=grey.getpixel((0, 0))),
    ],
    "texts": text(texts.getvalue()),
    "jpeg": {"file": text(jpeg.getvalue()), "rgb": text(Image.open(jpeg).convert("RGB").tobytes())},
    "levels": levels.tolist(), "values": values.tolist(), "bytes": text(back.tobytes()),
}, indent=1, ensure_ascii=False) + "\n")

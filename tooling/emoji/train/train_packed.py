"""Unpacks a folder of pack_for_gpu.py, trains the U-Net and the decoder at the same time, and packs the result.

python train_packed.py --pack PACK --out OUT --minutes 8

`--minutes` is the time for training; unpacking, the sheet and packing take about one more.
"""

import argparse
import gzip
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file, save_file

from int8_rows import from_int8

PROGRAMS = Path(__file__).parent
PART_BYTES = 15 * 2**20


def unpack(pack, work):
    (work / "data").mkdir()
    (work / "drawings").mkdir()
    latents = from_int8(load_file(pack / "latents.safetensors"))
    save_file({name: tensor.half() for name, tensor in latents.items()}, work / "data/latents.safetensors")
    (work / "data/captions.jsonl").write_bytes(gzip.open(pack / "captions.jsonl.gz").read())
    weights = from_int8(load_file(pack / "start.safetensors"))
    torch.save(dict(average=[weights[name] for name in sorted(weights)]), work / "start.pt")
    sets = {}
    with zipfile.ZipFile(pack / "drawings.zip") as archive:
        for name in archive.namelist():
            drawing = np.array(Image.open(io.BytesIO(archive.read(name))).convert("RGBA"))
            sets.setdefault(name.split("/")[0], []).append(drawing)
    for name, drawings in sets.items():
        save_arrays({"drawings": np.stack(drawings)}, work / f"drawings/{name}.safetensors")


def program(name, *arguments):
    return [sys.executable, "-u", str(PROGRAMS / name), *map(str, arguments)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--minutes", required=True, type=float)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--decoder-batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=20, help="of the sheet")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp())
    unpack(args.pack, work)
    shared = ["--minutes", args.minutes, "--average", 0.998]
    # A batch eight times as large as the CPU's stands the same learning rate: Muon's steps do not grow with it.
    unet = program(
        "train_unet.py", "--data", work / "data", "--tokenizer", args.pack / "tokenizer", "--init", work / "start.pt",
        "--out", work / "unet", "--batch", args.batch, "--lr", 1.3e-3, "--hold", 0.4, "--freeze-text", 0.9, "--bf16", *shared,
    )  # fmt: skip
    decoder = program(
        "train_decoder.py", "--drawings", work / "drawings", "--vae", args.pack / "vae", "--out", work / "decoder",
        "--batch", args.decoder_batch, "--lr", 1.5e-3, *shared,
    )  # fmt: skip
    runs = [subprocess.Popen(command) for command in (unet, decoder)]
    failed = [run.args[2] for run in runs if run.wait() != 0]
    for name in ("unet", "decoder"):
        log = work / name / "log.jsonl"
        if log.exists():
            (args.out / f"{name}.log.jsonl").write_bytes(log.read_bytes())
    if failed:
        raise SystemExit(f"failed: {failed}")
    result = work / "result"
    result.mkdir()
    subprocess.run(program("export.py", "--state", work / "unet/state.pt", "--vae", work / "decoder/vae", "--tokenizer", args.pack / "tokenizer", "--out", result / "model"), check=True)
    subprocess.run(program("sheet.py", "--model", result / "model", "--steps", args.steps, "--out", args.out / "sheet.png"), check=True)
    (result / "decoder-examples.png").write_bytes((work / "decoder/examples.png").read_bytes())
    subprocess.run(["tar", "-cf", work / "result.tar", "-C", result, "."], check=True)
    content = (work / "result.tar").read_bytes()
    for i in range(0, len(content), PART_BYTES):
        (args.out / f"result.tar.{i // PART_BYTES:02}").write_bytes(content[i : i + PART_BYTES])


if __name__ == "__main__":
    main()

"""Packs all that training on another machine takes into one folder of less than 64 MiB.

python pack_for_gpu.py --data DATA --drawings DRAWINGS --model MODEL --out PACK [--state RUN/state.pt] [--wheels FOLDER]

There, `bash PACK/train.sh OUT MINUTES` trains the U-Net and the decoder at the same time and leaves OUT/result.tar.00,
.01, ... of 15 MiB each: `cat OUT/result.tar.* | tar x` has the model folder, the sheet and the logs.
WHEELS holds Python packages that the other machine lacks (diffusers, for one).
"""

import argparse
import gzip
import io
import shutil
import zipfile
from pathlib import Path

from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPTokenizer

from drawings import load_drawings
from int8_rows import to_int8
from networks import build, load
from train_decoder import SHARES

LIMIT_MIB = 64
TRAIN = """#!/usr/bin/env bash
# usage: bash train.sh OUT MINUTES
set -e
pack=$(cd "$(dirname "$0")" && pwd)
if compgen -G "$pack/wheels/*.whl" > /dev/null; then
  python3 -m pip install -q --no-index --no-deps --no-compile --target /tmp/site "$pack"/wheels/*.whl
  export PYTHONPATH=/tmp/site
fi
exec python3 -u "$pack/programs/train_packed.py" --pack "$pack" --out "$1" --minutes "$2"
"""


def write_drawings(folder, path):
    """Lossless WebP images in a zip, named SET/INDEX.webp. Every third drawing of the sets that the U-Net never sees."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, share in SHARES.items():
            for i, drawing in enumerate(load_drawings(folder, name)[:: 3 if share < 0.1 else 1]):
                drawing[drawing[..., 3] == 0] = 0
                buffer = io.BytesIO()
                Image.fromarray(drawing).save(buffer, "webp", lossless=True, method=4)
                archive.writestr(f"{name}/{i:05}.webp", buffer.getvalue())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "drawings", "model", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--state", help="a training state to start from; the model's weights if missing")
    parser.add_argument("--wheels")
    args = parser.parse_args()
    out, model = Path(args.out), Path(args.model)
    shutil.rmtree(out, ignore_errors=True)
    (out / "programs").mkdir(parents=True)
    for program in Path(__file__).parent.glob("*.py"):
        shutil.copy(program, out / "programs")
    for part in ("vae", "tokenizer"):
        shutil.copytree(model / part, out / part)
    if args.wheels:
        shutil.copytree(args.wheels, out / "wheels")
    unet, text_encoder = build(len(CLIPTokenizer.from_pretrained(model / "tokenizer")))
    load(args.state or model, unet, text_encoder)
    weights = {f"{i:04}": p.detach() for i, p in enumerate([*unet.parameters(), *text_encoder.parameters()])}
    save_file(to_int8(weights), out / "start.safetensors")
    save_file(to_int8(load_file(f"{args.data}/latents.safetensors")), out / "latents.safetensors")
    with gzip.open(out / "captions.jsonl.gz", "wb") as file:
        file.write(Path(args.data, "captions.jsonl").read_bytes())
    write_drawings(args.drawings, out / "drawings.zip")
    (out / "train.sh").write_text(TRAIN)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 2**20
    print(f"{size:.1f} MiB of {LIMIT_MIB}")
    if size > LIMIT_MIB:
        raise SystemExit("too large")


if __name__ == "__main__":
    main()

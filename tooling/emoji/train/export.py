"""Writes a training state as a Stable Diffusion folder in diffusers layout, fp16.

python export.py --state RUN/state.pt --vae VAE --tokenizer TOKENIZER --out MODEL
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, StableDiffusionPipeline
from safetensors.torch import load_file, save_file
from transformers import CLIPTokenizer

from networks import build, load

SCHEDULER = dict(
    num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
    prediction_type="epsilon", steps_offset=1, algorithm_type="dpmsolver++", solver_order=2,
)  # fmt: skip

parser = argparse.ArgumentParser(description=__doc__)
for name in ("state", "vae", "tokenizer", "out"):
    parser.add_argument(f"--{name}", required=True)
args = parser.parse_args()

tokenizer = CLIPTokenizer.from_pretrained(args.tokenizer)
unet, text_encoder = build(len(tokenizer))
load(args.state, unet, text_encoder)
pipeline = StableDiffusionPipeline(
    vae=AutoencoderKL.from_pretrained(args.vae), text_encoder=text_encoder.eval(), tokenizer=tokenizer, unet=unet.eval(),
    scheduler=DPMSolverMultistepScheduler(**SCHEDULER),
    safety_checker=None, feature_extractor=None, requires_safety_checker=False,
).to(torch.float16)  # fmt: skip
pipeline.save_pretrained(args.out)
out = Path(args.out)
for file in Path(args.tokenizer).iterdir():
    shutil.copy(file, out / "tokenizer")

# transformers 5 saves bare names; SD1.x checkpoints name them text_model.*
weights = out / "text_encoder/model.safetensors"
prefixed = {f"text_model.{name.removeprefix('text_model.')}": value for name, value in load_file(weights).items()}
save_file(prefixed, weights, metadata={"format": "pt"})
for file in out.glob("*/config.json"):
    config = json.loads(file.read_text())
    config.pop("_name_or_path", None)
    file.write_text(json.dumps(config, indent=1))

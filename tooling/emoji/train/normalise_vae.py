"""Folds an affine map into the autoencoder's 1x1 convolutions, so that every channel of the latents has mean 0 and
standard deviation 1 / 0.18215: SD1.x's scaling factor then holds.

python normalise_vae.py --drawings DRAWINGS VAE_RUN/vae OUT
"""

import argparse

import numpy as np
import torch
from diffusers import AutoencoderKL

from drawings import GROUNDS, WHITE, composite, load_drawings

SCALING_FACTOR = 0.18215
SETS = ["noto", "twemoji", "fluent-emoji-flat"]

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("vae")
parser.add_argument("out")
parser.add_argument("--drawings", required=True)
args = parser.parse_args()

rng = np.random.default_rng(0)
images = []
for name in SETS:
    drawings = load_drawings(args.drawings, name)
    for i in rng.choice(len(drawings), 120, replace=False):
        ground = WHITE if rng.random() < 0.5 else GROUNDS[rng.integers(len(GROUNDS))]
        images.append(composite(drawings[i], ground))
images = torch.from_numpy(np.stack(images).astype(np.float32))

vae = AutoencoderKL.from_pretrained(args.vae).eval()
with torch.no_grad():
    z = torch.cat([vae.quant_conv(vae.encoder(batch))[:, :4] for batch in images.split(24)])
    mean, gain = z.mean((0, 2, 3)), 1 / SCALING_FACTOR / z.std((0, 2, 3))
    quant, post_quant = vae.quant_conv, vae.post_quant_conv
    quant.weight[:4] *= gain[:, None, None, None]
    quant.bias[:4] = (quant.bias[:4] - mean) * gain
    quant.bias[4:] += 2 * gain.log()
    post_quant.bias += post_quant.weight[:, :, 0, 0] @ mean
    post_quant.weight /= gain[None, :, None, None]
vae.register_to_config(scaling_factor=SCALING_FACTOR)
vae.save_pretrained(args.out)

"""Trains the autoencoder (f8, 4 channels) from scratch for a given time; continues where it was killed.

python train_vae.py --drawings DRAWINGS --out VAE_RUN --minutes 17
"""

import argparse
import os
import time

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image

from drawings import SIZE, WHITE, composite, load_drawings, random_ground
from optimiser import Average, MuonAdamW
from reconstruction import multiscale_loss, psnr
from run_folder import save_whole

CONFIG = dict(
    down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
    block_out_channels=(32, 32, 64, 96), layers_per_block=1, latent_channels=4, norm_num_groups=16, sample_size=SIZE,
)  # fmt: skip
# A codec gains from more kinds of image; the U-Net never sees the last two sets.
SHARES = {"noto": 0.3, "twemoji": 0.3, "fluent-emoji-flat": 0.24, "openmoji": 0.08, "emojione": 0.08}
KL_WEIGHT = 1e-6


def draw_batch(sets, rng, count, crop):
    images = []
    for _ in range(count):
        drawings = sets[rng.choice(len(sets), p=list(SHARES.values()))]
        image = drawings[rng.integers(len(drawings))]
        if rng.random() < 0.5:
            image = image[:, ::-1]
        y, x = rng.integers(0, SIZE - crop + 1, 2)
        images.append(composite(image[y : y + crop, x : x + crop], random_ground(rng)))
    return torch.from_numpy(np.stack(images).astype(np.float32))


@torch.no_grad()
def report(vae, examples, path):
    """Prints the PSNR and saves the examples above their reconstructions."""
    y = vae.decode(vae.encode(examples).latent_dist.mean).sample.clamp(-1, 1)
    rows = [torch.cat(list(rows.permute(0, 2, 3, 1)), 1) for rows in (examples, y)]
    Image.fromarray(((torch.cat(rows, 0) + 1) * 127.5).byte().numpy()).save(path)
    print(f"PSNR of {len(examples)} examples {psnr(y, examples).mean():.2f} dB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drawings", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=17)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--crops", type=float, default=0.7, help="share of the time on 64x64 crops, 12 a step; then 8 images")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_flush_denormal(True)

    sets = [load_drawings(args.drawings, name) for name in SHARES]
    vae = AutoencoderKL(**CONFIG)
    ends = lambda name: "conv_in" in name or name.startswith("decoder.conv_out")
    optimiser = MuonAdamW(vae.named_parameters(), lr=args.lr, weight_decay=0.0, adam_only=ends)
    average = Average(vae.parameters(), 0.998)
    step, spent, checkpoint = 0, 0.0, f"{args.out}/state.pt"
    if os.path.exists(checkpoint):
        state = torch.load(checkpoint, weights_only=True)
        vae.load_state_dict(state["vae"])
        optimiser.load_state_dict(state["optimiser"])
        average.values, average.steps, step, spent = state["average"], state["step"], state["step"], state["spent"]
        print(f"goes on from step {step}", flush=True)
    rng = np.random.default_rng(args.seed + step)
    examples = torch.from_numpy(np.concatenate([composite(s[5:1000:250], WHITE) for s in sets]).astype(np.float32))

    def save():
        save_whole(
            dict(vae=vae.state_dict(), optimiser=optimiser.state_dict(), average=average.values, step=step, spent=spent),
            checkpoint,
        )
        average.swap()
        report(vae, examples, f"{args.out}/examples.png")
        vae.save_pretrained(f"{args.out}/vae")
        average.swap()

    total, clock = args.minutes * 60, time.time()
    saved = spent
    while spent < total:
        done = spent / total
        decay = 1 if done < 0.4 else max(0.02, 0.5 * (1 + np.cos(np.pi * (done - 0.4) / 0.6)))
        for group in optimiser.param_groups:
            group["lr"] = args.lr * min(1, (step + 1) / 50) * decay
        x = draw_batch(sets, rng, 12, 64) if done < args.crops else draw_batch(sets, rng, 8, SIZE)
        with torch.autocast("cpu", torch.bfloat16):
            mean, log_variance = vae.quant_conv(vae.encoder(x)).float().chunk(2, 1)
            log_variance = log_variance.clamp(-30, 20)
            z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
            y = vae.decoder(vae.post_quant_conv(z))
        kl = 0.5 * (mean.pow(2) + log_variance.exp() - 1 - log_variance).sum((1, 2, 3)).mean()
        reconstruction = multiscale_loss(y.float(), x)
        optimiser.zero_grad(set_to_none=True)
        (reconstruction + KL_WEIGHT * kl).backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimiser.step()
        average.update()
        step += 1
        now = time.time()
        spent, clock = spent + now - clock, now
        if step % 100 == 0:
            print(f"{step} {spent / 60:.2f} min reconstruction {reconstruction:.4f} kl {kl:.0f}", flush=True)
        if spent - saved > 180:
            save()
            saved, clock = spent, time.time()
    save()


if __name__ == "__main__":
    main()

"""Trains the decoder of an exported autoencoder further. Its encoder stays, so latents keep their meaning.

python train_decoder.py --drawings DRAWINGS --vae MODEL/vae --out RUN --samples 30000

Goes on from the last checkpoint. RUN/vae has the averaged weights in diffusers layout, fp16; RUN/examples.png has
held-out drawings above their decoded latents. One drawing in 20 is held out.
"""

import argparse

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image

from drawings import WHITE, composite, load_drawings, random_ground
from optimiser import Average, MuonAdamW
from reconstruction import multiscale_loss, psnr, psnr_loss
from run_folder import RunFolder
from schedule import learning_rate_factor

# The share of the samples that each set has; the U-Net never sees the last two.
SHARES = {"noto": 0.3, "twemoji": 0.3, "fluent-emoji-flat": 0.3, "openmoji": 0.05, "emojione": 0.05}
HELD_OUT_EVERY = 20
# Both terms change by about as much when an error shrinks by 1%.
PSNR_WEIGHT = 0.02
EXAMPLES_EACH = 40
REPORT_EVERY = 50
EVALUATE_EVERY = 250


def split(drawings):
    """Training drawings and held-out drawings."""
    held_out = np.arange(len(drawings)) % HELD_OUT_EVERY == 5
    return drawings[~held_out], drawings[held_out]


def draw_batch(sets, shares, rng, count):
    images = []
    for _ in range(count):
        drawings = sets[rng.choice(len(sets), p=shares)]
        image = drawings[rng.integers(len(drawings))]
        if rng.random() < 0.5:
            image = image[:, ::-1]
        images.append(composite(image, random_ground(rng)))
    return torch.from_numpy(np.stack(images).astype(np.float32))


@torch.no_grad()
def decode_held_out(vae, held_out, device, path):
    """Mean PSNR of each set's held-out drawings on white; saves the first ones above what is decoded of them."""
    means, rows = {}, []
    for name, drawings in held_out.items():
        x = torch.from_numpy(composite(drawings[:EXAMPLES_EACH], WHITE).astype(np.float32))
        y = torch.cat([vae.decode(vae.encode(part.to(device)).latent_dist.mean).sample.cpu() for part in x.split(8)])
        means[name] = psnr(y, x).mean().item()
        rows += [torch.cat(list(part[:8].clamp(-1, 1).permute(0, 2, 3, 1)), 1) for part in (x, y)]
    Image.fromarray(((torch.cat(rows, 0) + 1) * 127.5).byte().numpy()).save(path)
    return {"psnr": float(np.mean(list(means.values()))), **{f"psnr {name}": value for name, value in means.items()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drawings", required=True)
    parser.add_argument("--vae", required=True, help="a folder in diffusers layout")
    parser.add_argument("--out", required=True)
    parser.add_argument("--mirror", help="a second folder for checkpoints")
    parser.add_argument("--samples", type=int, default=10**9, help="the run ends after so many")
    parser.add_argument("--minutes", type=float, default=10**6, help="the run ends after so many")
    parser.add_argument("--batch", type=int, default=6)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--hold", type=float, default=0.3, help="share of the run at the full learning rate, before the cosine")
    parser.add_argument("--average", type=float, default=0.995, help="decay of the weights' moving average")
    parser.add_argument("--edges", type=float, default=0.5, help="weight of the gradients' error")
    parser.add_argument("--noise", type=float, default=0.03, help="standard deviation of noise added to latents, which spread by about 1")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    run = RunFolder(args.out, args.mirror)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_flush_denormal(True)
    torch.set_float32_matmul_precision("high")

    vae = AutoencoderKL.from_pretrained(args.vae).float().to(device)
    vae.requires_grad_(False)
    vae.decoder.requires_grad_(True)
    vae.post_quant_conv.requires_grad_(True)
    named = [(name, p) for name, p in vae.named_parameters() if p.requires_grad]
    optimiser = MuonAdamW(named, lr=args.lr, weight_decay=0.0, adam_only=lambda name: "post_quant" in name or "decoder.conv_" in name)
    average = Average([p for _, p in named], args.average)
    step, samples, minutes, cpu_minutes = 0, 0, 0.0, 0.0
    state = run.load()
    if state:
        vae.load_state_dict(state["vae"])
        optimiser.load_state_dict(state["optimiser"])
        average.load(state["average"], state["step"])
        step, samples, minutes, cpu_minutes = (state[name] for name in ("step", "samples", "minutes", "cpu_minutes"))
        print(f"goes on from {samples} samples", flush=True)
    rng = np.random.default_rng(args.seed + step)
    torch.manual_seed(args.seed + step)
    sets, held_out = [], {}
    for name in SHARES:
        training, held_out[name] = split(load_drawings(args.drawings, name))
        sets.append(training)
    shares = np.array(list(SHARES.values()))

    def report():
        average.swap()
        run.log(samples=samples, minutes=minutes, cpu_minutes=cpu_minutes, **decode_held_out(vae, held_out, device, run.path / "examples.png"))
        average.swap()

    def save():
        run.save(
            dict(
                vae=vae.state_dict(), optimiser=optimiser.state_dict(), average=average.values,
                step=step, samples=samples, minutes=minutes, cpu_minutes=cpu_minutes,
            )
        )  # fmt: skip

    if step == 0:
        report()
    losses, done = [], max(samples / args.samples, minutes / args.minutes)
    while done < 1 and not run.stopping:
        run.wait_while_paused(save)
        for group in optimiser.param_groups:
            group["lr"] = args.lr * learning_rate_factor(step, done, warm_up=50, hold=args.hold)
        x = draw_batch(sets, shares, rng, args.batch).to(device)
        with torch.no_grad():
            z = vae.encode(x).latent_dist.mean
            z = z + torch.randn_like(z) * args.noise / vae.config.scaling_factor
        y = vae.decode(z).sample
        loss = multiscale_loss(y, x, args.edges) + PSNR_WEIGHT * psnr_loss(y, x)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(average.parameters, 1.0)
        optimiser.step()
        average.update()
        step, samples = step + 1, samples + args.batch
        losses.append(loss.detach())
        wall, cpu = run.elapsed()
        minutes, cpu_minutes = minutes + wall, cpu_minutes + cpu
        done = max(samples / args.samples, minutes / args.minutes)
        if step % REPORT_EVERY == 0:
            loss = torch.stack(losses).mean().item()
            run.log(samples=samples, minutes=minutes, cpu_minutes=cpu_minutes, loss=loss)
            losses = []
        if step % EVALUATE_EVERY == 0:
            report()
        if run.save_is_due():
            save()
    save()
    if run.stopping:
        return
    report()
    average.swap()
    vae.half().save_pretrained(run.path / "vae")


if __name__ == "__main__":
    main()

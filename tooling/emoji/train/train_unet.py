"""Trains the U-Net and the text encoder on a data folder for a given time; continues where it was killed.

python train_unet.py --data DATA --tokenizer TOKENIZER --out RUN --minutes 180 --batch 64 --lr 1.3e-3 --hold 0.5 --freeze-text 2
python train_unet.py --data DATA --tokenizer TOKENIZER --init RUN/state.pt --unet-only --out FINE_TUNE --minutes 5 --lr 5e-4 --hold 0.5 --average 0.99

Predicts epsilon; min-SNR weighting (Hang et al. 2023, gamma 5), 10% empty captions, noise offset, bf16 autocast.
"""

import argparse
import json
import os
import time

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import CLIPTokenizer

from networks import PlainAttention, alphas_cumprod, build, load
from optimiser import Average, MuonAdamW, save_whole

EMPTY_CAPTIONS = 0.1
# Decorrelates the noise's mean from the colour of the ground.
NOISE_OFFSET = 0.07


def load_data(folder, tokenizer):
    """Latents [N, 4, h, w], token ids [N, captions, 77], and the probability of each latent, [N]."""
    latents = load_file(f"{folder}/latents.safetensors")["latents"]
    lines = [json.loads(line) for line in open(f"{folder}/captions.jsonl", encoding="utf8")]
    captions = [caption for line in lines for caption in line["captions"]]
    ids = tokenizer(captions, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    weights = np.array([line.get("weight", 1) for line in lines])
    return latents, ids.view(len(lines), -1, 77), weights / weights.sum()


def timestep_sampling(alphas):
    """Cumulative probabilities to draw timesteps by, and the loss weight that remains: together min-SNR's weights."""
    snr = alphas / (1 - alphas)
    weight = snr.clamp(max=5) / snr
    probability = weight.clamp(min=0.15) / weight.clamp(min=0.15).sum()
    remaining = weight / probability / 1000
    remaining = remaining / (remaining * probability).sum() * weight.mean()
    return probability.double().cumsum(0).numpy(), remaining


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--init", help="a state.pt to start from")
    parser.add_argument("--unet-only", action="store_true", help="leaves the text encoder as it is")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--hold", type=float, default=0.3, help="share of the time at the full learning rate, before the cosine")
    parser.add_argument("--freeze-text", type=float, default=0.7, help="share of the time after which the text encoder is frozen")
    parser.add_argument("--average", type=float, default=0.998, help="decay of the weights' moving average")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    torch.set_flush_denormal(True)

    tokenizer = CLIPTokenizer.from_pretrained(args.tokenizer)
    latents, ids, probability = load_data(args.data, tokenizer)
    empty = tokenizer("", padding="max_length", max_length=77, return_tensors="pt").input_ids
    pictures = np.cumsum(probability)

    unet, text_encoder = build(len(tokenizer))
    unet.set_attn_processor(PlainAttention())
    if args.init:
        load(args.init, unet, text_encoder)
    if args.unet_only:
        text_encoder.requires_grad_(False)
    named = [*unet.named_parameters(), *(("text." + name, p) for name, p in text_encoder.named_parameters())]
    parameters = [p for _, p in named]
    ends = lambda name: "conv_in" in name or "conv_out" in name or "embedding" in name
    optimiser = MuonAdamW(named, lr=args.lr, adam_only=ends)
    average = Average(parameters, args.average)
    step, spent, checkpoint = 0, 0.0, f"{args.out}/state.pt"
    if os.path.exists(checkpoint):
        state = torch.load(checkpoint, weights_only=True)
        unet.load_state_dict(state["unet"])
        text_encoder.load_state_dict(state["text_encoder"])
        optimiser.load_state_dict(state["optimiser"])
        average.values, average.steps, step, spent = state["average"], state["step"], state["step"], state["spent"]
        print(f"goes on from step {step}", flush=True)
    torch.manual_seed(args.seed + step)
    rng = np.random.default_rng(args.seed + step)
    alphas = alphas_cumprod()
    timesteps, loss_weight = timestep_sampling(alphas)

    def save():
        save_whole(
            dict(
                unet=unet.state_dict(), text_encoder=text_encoder.state_dict(), optimiser=optimiser.state_dict(),
                average=average.values, step=step, spent=spent,
            ),
            checkpoint,
        )  # fmt: skip

    total, clock, saved, losses = args.minutes * 60, time.time(), spent, []
    while spent < total:
        done = spent / total
        decay = 1 if done < args.hold else max(0.01, 0.5 * (1 + np.cos(np.pi * (done - args.hold) / (1 - args.hold))))
        for group in optimiser.param_groups:
            group["lr"] = args.lr * min(1, (step + 1) / 100) * decay
        if done > args.freeze_text:
            text_encoder.requires_grad_(False)
            text_encoder.zero_grad(set_to_none=True)
        which = np.searchsorted(pictures, rng.random(args.batch)).clip(0, len(latents) - 1)
        x0 = latents[which].float()
        tokens = ids[which, rng.integers(ids.shape[1], size=args.batch)]
        tokens[torch.from_numpy(rng.random(args.batch) < EMPTY_CAPTIONS)] = empty
        stratified = (np.arange(args.batch) + rng.random(args.batch)) / args.batch
        t = torch.from_numpy(np.searchsorted(timesteps, stratified).clip(0, 999))
        noise = torch.randn_like(x0) + NOISE_OFFSET * torch.randn(args.batch, 4, 1, 1)
        alpha = alphas[t].view(-1, 1, 1, 1)
        with torch.autocast("cpu", torch.bfloat16):
            epsilon = unet(alpha.sqrt() * x0 + (1 - alpha).sqrt() * noise, t, text_encoder(tokens)[0]).sample
        loss = ((epsilon.float() - noise).pow(2).mean((1, 2, 3)) * loss_weight[t]).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in parameters if p.grad is not None], 1.0)
        optimiser.step()
        average.update()
        step += 1
        losses.append(loss.item())
        now = time.time()
        spent, clock = spent + now - clock, now
        if step % 50 == 0:
            rate = step * args.batch / spent
            print(f"{step} {spent / 60:.2f} min loss {np.mean(losses[-50:]):.4f} {rate:.1f} samples/s", flush=True)
        if spent - saved > 240:
            save()
            saved, clock = spent, time.time()
    save()


if __name__ == "__main__":
    main()

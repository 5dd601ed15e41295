"""Trains the U-Net and the text encoder on data folders; goes on from the last checkpoint.

python train_unet.py --data DATA --tokenizer TOKENIZER --out RUN --samples 256000 --batch 64 --lr 1.3e-3 --hold 0.5 --freeze-text 2
python train_unet.py --data DATA DATA_2 --tokenizer MODEL/tokenizer --init MODEL --out RUN --samples 1500000 --lr 8e-4
python train_unet.py --data DATA --tokenizer TOKENIZER --init MODEL --unet-only --out FINE_TUNE --minutes 5 --lr 5e-4 --hold 0.5 --average 0.99

Predicts epsilon; min-SNR weighting (Hang et al. 2023, gamma 5), 10% empty captions, noise offset.
RUN/log.jsonl has `loss`, the mean of the last steps, and `average_loss`, the averaged weights' on one fixed draw.
"""

import argparse
import json

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import CLIPTokenizer

from networks import PlainAttention, alphas_cumprod, build, load
from optimiser import Average, MuonAdamW
from run_folder import RunFolder
from schedule import learning_rate_factor

EMPTY_CAPTIONS = 0.1
# Decorrelates the noise's mean from the colour of the ground.
NOISE_OFFSET = 0.07
REPORT_EVERY = 50
EVALUATE_EVERY = 200
FIXED_DRAW_SEED, FIXED_DRAW_BATCHES = 1234, 6
# Counted as steps of the average that came before, so that it starts at its full decay.
STEPS_OF_TRAINED_WEIGHTS = 100_000


def load_data(folders, tokenizer):
    """Latents [N, 4, h, w], token ids [N, captions, 77], and the probability of each latent, [N]."""
    latents = torch.cat([load_file(f"{folder}/latents.safetensors")["latents"] for folder in folders])
    lines = [json.loads(line) for folder in folders for line in open(f"{folder}/captions.jsonl", encoding="utf8")]
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


class Draws:
    """Seeded batches: noisy latents, timesteps, token ids, the noise, and the loss weights."""

    def __init__(self, data, empty, batch, seed):
        self.latents, self.ids, probability = data
        self.images, self.empty, self.batch = np.cumsum(probability), empty, batch
        self.alphas = alphas_cumprod()
        self.timesteps, self.loss_weight = timestep_sampling(self.alphas)
        self.rng, self.generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)

    def next(self, device):
        rng, batch = self.rng, self.batch
        chosen = np.searchsorted(self.images, rng.random(batch)).clip(0, len(self.latents) - 1)
        x0 = self.latents[chosen].float()
        tokens = self.ids[chosen, rng.integers(self.ids.shape[1], size=batch)]
        tokens[torch.from_numpy(rng.random(batch) < EMPTY_CAPTIONS)] = self.empty
        stratified = (np.arange(batch) + rng.random(batch)) / batch
        t = torch.from_numpy(np.searchsorted(self.timesteps, stratified).clip(0, 999))
        offset = torch.randn(batch, 4, 1, 1, generator=self.generator)
        noise = torch.randn(x0.shape, generator=self.generator) + NOISE_OFFSET * offset
        alpha = self.alphas[t].view(-1, 1, 1, 1)
        noisy = alpha.sqrt() * x0 + (1 - alpha).sqrt() * noise
        return [value.to(device, non_blocking=True) for value in (noisy, t, tokens, noise, self.loss_weight[t])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, nargs="+")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--mirror", help="a second folder for checkpoints")
    parser.add_argument("--init", help="a model folder or a state.pt to start from")
    parser.add_argument("--unet-only", action="store_true", help="leaves the text encoder as it is")
    parser.add_argument("--samples", type=int, default=10**9, help="the run ends after so many")
    parser.add_argument("--minutes", type=float, default=10**6, help="the run ends after so many")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=1.3e-3)
    parser.add_argument("--warm-up", type=int, default=100, help="steps")
    parser.add_argument("--hold", type=float, default=0.3, help="share of the run at the full learning rate, before the cosine")
    parser.add_argument("--freeze-text", type=float, default=0.7, help="share of the run after which the text encoder is frozen")
    parser.add_argument("--average", type=float, default=0.998, help="decay of the weights' moving average")
    parser.add_argument("--bf16", action="store_true", help="autocast; worth it where the processor has bf16 products")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    run = RunFolder(args.out, args.mirror)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_flush_denormal(True)
    torch.set_float32_matmul_precision("high")

    tokenizer = CLIPTokenizer.from_pretrained(args.tokenizer)
    data = load_data(args.data, tokenizer)
    empty = tokenizer("", padding="max_length", max_length=77, return_tensors="pt").input_ids
    unet, text_encoder = build(len(tokenizer))
    unet.set_attn_processor(PlainAttention())
    if args.init:
        load(args.init, unet, text_encoder)
    unet.to(device)
    text_encoder.to(device)
    text_encoder.requires_grad_(not args.unet_only)
    named = [*unet.named_parameters(), *(("text." + name, p) for name, p in text_encoder.named_parameters())]
    parameters = [p for _, p in named]
    ends = lambda name: "conv_in" in name or "conv_out" in name or "embedding" in name
    optimiser = MuonAdamW(named, lr=args.lr, adam_only=ends)
    average = Average(parameters, args.average)
    if args.init:
        average.steps = STEPS_OF_TRAINED_WEIGHTS
    step, samples, minutes, cpu_minutes = 0, 0, 0.0, 0.0
    state = run.load()
    if state:
        unet.load_state_dict(state["unet"])
        text_encoder.load_state_dict(state["text_encoder"])
        optimiser.load_state_dict(state["optimiser"])
        average.load(state["average"], state["average_steps"])
        step, samples, minutes, cpu_minutes = (state[name] for name in ("step", "samples", "minutes", "cpu_minutes"))
        print(f"goes on from {samples} samples", flush=True)
    draws = Draws(data, empty, args.batch, args.seed + step)

    def batch_loss(draws):
        noisy, t, tokens, noise, weight = draws.next(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=args.bf16):
            epsilon = unet(noisy, t, text_encoder(tokens)[0]).sample
        return ((epsilon.float() - noise).pow(2).mean((1, 2, 3)) * weight).mean()

    def save():
        run.save(
            dict(
                unet=unet.state_dict(), text_encoder=text_encoder.state_dict(), optimiser=optimiser.state_dict(),
                average=average.values, average_steps=average.steps,
                step=step, samples=samples, minutes=minutes, cpu_minutes=cpu_minutes,
            )
        )  # fmt: skip

    @torch.no_grad()
    def report_average():
        fixed = Draws(data, empty, args.batch, FIXED_DRAW_SEED)
        average.swap()
        loss = np.mean([batch_loss(fixed).item() for _ in range(FIXED_DRAW_BATCHES)])
        average.swap()
        run.log(samples=samples, minutes=minutes, cpu_minutes=cpu_minutes, average_loss=loss)

    if step == 0:
        report_average()
    losses, done = [], max(samples / args.samples, minutes / args.minutes)
    while done < 1 and not run.stopping:
        run.wait_while_paused(save)
        factor = learning_rate_factor(step, done, args.warm_up, args.hold)
        for group in optimiser.param_groups:
            group["lr"] = args.lr * factor
        if done > args.freeze_text:
            text_encoder.requires_grad_(False)
            text_encoder.zero_grad(set_to_none=True)
        loss = batch_loss(draws)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in parameters if p.grad is not None], 1.0)
        optimiser.step()
        average.update()
        step, samples = step + 1, samples + args.batch
        losses.append(loss.detach())
        wall, cpu = run.elapsed()
        minutes, cpu_minutes = minutes + wall, cpu_minutes + cpu
        done = max(samples / args.samples, minutes / args.minutes)
        if step % REPORT_EVERY == 0:
            loss = torch.stack(losses).mean().item()
            run.log(samples=samples, minutes=minutes, cpu_minutes=cpu_minutes, lr=args.lr * factor, loss=loss)
            losses = []
        if step % EVALUATE_EVERY == 0:
            report_average()
        if run.save_is_due():
            save()
    save()
    if not run.stopping:
        report_average()


if __name__ == "__main__":
    main()

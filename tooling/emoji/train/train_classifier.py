"""Trains the classifier of latents on a data folder and reports its accuracy on drawings that it has not seen.

python train_classifier.py --data DATA --held-out DATA_2 DATA_OTHER_SETS --out classifier.safetensors

DATA_2: the same drawings on other grounds (another seed). DATA_OTHER_SETS: other image sets. Latents are shifted,
mirrored and blurred by noise while training, since generated ones are less clean than drawn ones.
"""

import argparse
import json

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from latent_classifier import build_classifier, save_classifier

LARGEST_SHIFT = 1
LARGEST_NOISE = 0.4


def load_labelled(folder):
    """Latents, concepts, and weights."""
    lines = [json.loads(line) for line in open(f"{folder}/captions.jsonl", encoding="utf8")]
    latents = load_file(f"{folder}/latents.safetensors")["latents"].float()
    return latents, [line["concept"] for line in lines], torch.tensor([line["weight"] for line in lines])


def augment(latents, generator):
    count, _, height, width = latents.shape
    padded = F.pad(latents, [LARGEST_SHIFT] * 4, mode="replicate")
    y, x = torch.randint(0, 2 * LARGEST_SHIFT + 1, (2,), generator=generator)
    latents = padded[..., y : y + height, x : x + width]
    level = LARGEST_NOISE * torch.rand(count, 1, 1, 1, generator=generator)
    return latents + level * torch.randn(latents.shape, generator=generator)


@torch.no_grad()
def accuracy(classifier, latents, labels, weights):
    right = torch.cat([classifier(part).argmax(1) for part in latents.split(512)]) == labels
    return ((right * weights).sum() / weights.sum()).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--held-out", nargs="*", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=3e-3)
    args = parser.parse_args()
    torch.set_flush_denormal(True)
    generator = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    latents, names, _ = load_labelled(args.data)
    concepts = sorted(set(names))
    labels = torch.tensor([concepts.index(name) for name in names])
    classifier = build_classifier(len(concepts))
    optimiser = torch.optim.AdamW(classifier.parameters(), lr=args.lr, weight_decay=0.05)
    steps = args.epochs * -(-len(latents) // args.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.lr, total_steps=steps, pct_start=0.15)
    for epoch in range(args.epochs):
        losses = []
        for chosen in torch.randperm(len(latents), generator=generator).split(args.batch):
            loss = F.cross_entropy(classifier(augment(latents[chosen], generator)), labels[chosen], label_smoothing=0.05)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {args.epochs}, loss {np.mean(losses):.3f}", flush=True)
    save_classifier(classifier.eval(), concepts, args.out)
    for folder in args.held_out:
        held_out, names, weights = load_labelled(folder)
        known = [i for i, name in enumerate(names) if name in concepts]
        labels = torch.tensor([concepts.index(names[i]) for i in known])
        print(f"{folder}: accuracy {accuracy(classifier, held_out[known], labels, weights[known]):.3f}", flush=True)


if __name__ == "__main__":
    main()

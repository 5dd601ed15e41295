"""Trains the classifier of latents on a data folder and reports its accuracy on drawings that it has not seen.

python train_classifier.py --data DATA --held-out DATA_2 DATA_OTHER_SETS --out classifier.safetensors

DATA_2: the same drawings on other grounds (another seed). DATA_OTHER_SETS: other image sets. Latents are shifted
and blurred by noise while training, since generated ones are less clean than drawn ones.
"""

import argparse
import json

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from latent_classifier import build_classifier, save_classifier
from train_on_latents import train


def load_labelled(folder):
    """Latents, concepts, and weights."""
    lines = [json.loads(line) for line in open(f"{folder}/captions.jsonl", encoding="utf8")]
    latents = load_file(f"{folder}/latents.safetensors")["latents"].float()
    return latents, [line["concept"] for line in lines], torch.tensor([line["weight"] for line in lines])


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
    torch.manual_seed(0)
    latents, names, _ = load_labelled(args.data)
    concepts = sorted(set(names))
    labels = torch.tensor([concepts.index(name) for name in names])
    classifier = build_classifier(len(concepts))

    def loss_of(outputs, chosen):
        return F.cross_entropy(outputs, labels[chosen], label_smoothing=0.05)

    train(classifier, latents, loss_of, args, weight_decay=0.05, largest_noise=0.4)
    save_classifier(classifier.eval(), concepts, args.out)
    for folder in args.held_out:
        held_out, names, weights = load_labelled(folder)
        known = [i for i, name in enumerate(names) if name in concepts]
        labels = torch.tensor([concepts.index(names[i]) for i in known])
        print(f"{folder}: accuracy {accuracy(classifier, held_out[known], labels, weights[known]):.3f}", flush=True)


if __name__ == "__main__":
    main()

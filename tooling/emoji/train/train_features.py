"""Trains the network of latents whose features compare images (tooling/emoji/evaluate).

python train_features.py --data DATA DATA_2 --held-out DATA_3 --out latent-features.safetensors

It names a latent's concept, and all attributes that its captions know: colours, ground, style, kind. Colours and grounds
are asked for, since a network of concepts alone learns to ignore them. Prints the accuracy on data of another seed.
"""

import argparse
import json

import torch
import torch.nn.functional as F

from feature_network import FeatureNetwork, save_convolutions
from train_classifier import load_labelled
from train_on_latents import train


def load_attributes(folder):
    """The attributes of each latent: its negative prompts name all that it has."""
    return [json.loads(line)["negatives"] for line in open(f"{folder}/captions.jsonl", encoding="utf8")]


def targets(folders, concepts=None, attributes=None):
    """Latents, concepts as indices, attributes as 0 or 1, and the names of both."""
    parts = [load_labelled(folder) for folder in folders]
    names = [name for _, part, _ in parts for name in part]
    words = [part for folder in folders for part in load_attributes(folder)]
    concepts = concepts or sorted(set(names))
    attributes = attributes or sorted({word for part in words for word in part})
    labels = torch.tensor([concepts.index(name) for name in names])
    has = torch.tensor([[attribute in part for attribute in attributes] for part in words]).float()
    return torch.cat([latents for latents, _, _ in parts]), labels, has, concepts, attributes


@torch.no_grad()
def report(network, latents, labels, has, concepts, attributes):
    outputs = torch.cat([network(part) for part in latents.split(512)])
    concept, attribute = outputs.split([len(concepts), len(attributes)], 1)
    print(f"concept right: {(concept.argmax(1) == labels).float().mean():.3f}")
    for ending in (" background", " style"):
        chosen = [i for i, name in enumerate(attributes) if name.endswith(ending)]
        known = has[:, chosen].sum(1) == 1
        right = attribute[known][:, chosen].argmax(1) == has[known][:, chosen].argmax(1)
        print(f"{ending.strip()} right: {right.float().mean():.3f} of {int(known.sum())}")
    print(f"attributes right: {((attribute > 0) == (has > 0)).float().mean():.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--held-out", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=4e-3)
    args = parser.parse_args()
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    latents, labels, has, concepts, attributes = targets(args.data)
    network = FeatureNetwork(len(concepts) + len(attributes))

    def loss_of(outputs, chosen):
        concept, attribute = outputs.split([len(concepts), len(attributes)], 1)
        # The mean over some fifty attributes is small beside the concept's loss.
        loss = F.cross_entropy(concept, labels[chosen], label_smoothing=0.05)
        return loss + 10 * F.binary_cross_entropy_with_logits(attribute, has[chosen])

    train(network, latents, loss_of, args, weight_decay=0.02, largest_noise=0.1)
    save_convolutions(network.eval(), args.out)
    report(network, *targets(args.held_out, concepts, attributes))


if __name__ == "__main__":
    main()

"""The share of generated latents whose concept the classifier recognises.

python recognise.py --model MODEL --classifier classifier.safetensors --data DATA [--guidance 3] [--steps 25] [--prompts 200]

Prompts are captions of DATA, drawn by its weights with seed 0; image i has seed i. Prints each concept that was missed.
"""

import argparse
import json

import numpy as np
import torch
from diffusers import StableDiffusionPipeline

from latent_classifier import load_classifier

SIZE, BATCH = 128, 20


def draw_prompts(folder, count):
    """Captions and their concepts."""
    lines = [json.loads(line) for line in open(f"{folder}/captions.jsonl", encoding="utf8")]
    weights = np.array([line["weight"] for line in lines])
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(lines), count, p=weights / weights.sum())
    return [(rng.choice(lines[i]["captions"]), lines[i]["concept"]) for i in chosen]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "classifier", "data"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--guidance", type=float, default=3)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--prompts", type=int, default=200)
    args = parser.parse_args()
    torch.set_flush_denormal(True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pipeline = StableDiffusionPipeline.from_pretrained(args.model).to(device, torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    classifier, concepts = load_classifier(args.classifier)
    prompts = draw_prompts(args.data, args.prompts)
    missed = []
    for begin in range(0, len(prompts), BATCH):
        batch = prompts[begin : begin + BATCH]
        generators = [torch.Generator().manual_seed(begin + i) for i in range(len(batch))]
        latents = pipeline(
            [caption for caption, _ in batch], height=SIZE, width=SIZE, num_inference_steps=args.steps,
            guidance_scale=args.guidance, generator=generators, output_type="latent",
        ).images  # fmt: skip
        with torch.no_grad():
            named = classifier(latents.cpu().float()).argmax(1).tolist()
        missed += [f"{caption}: {concepts[i]}" for i, (caption, concept) in zip(named, batch) if concepts[i] != concept]
    print("\n".join(missed))
    print(f"recognised {1 - len(missed) / len(prompts):.3f} of {len(prompts)}, guidance {args.guidance}, {args.steps} steps")


if __name__ == "__main__":
    main()

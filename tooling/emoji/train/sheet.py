"""Draws a sheet of 64 prompts, one image each, none picked: seeds 0 to 63.

python sheet.py --model MODEL --out sheet.png [--guidance 3] [--steps 20] [--negative WORDS]
"""

import argparse

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageDraw

PROMPTS = """\
a red apple | a banana | a strawberry | a watermelon | a pizza | a hamburger | an ice cream | a birthday cake
a cat face | a dog face | a panda | a fox | a frog | an owl | a penguin | a fish
an octopus | a butterfly | a rose | a sunflower | a cactus | a tree | a mushroom | four leaf clover
a car | a bus | a bicycle | an airplane | a rocket | a sailboat | a house | a castle
the sun | crescent moon | a star | a rainbow | an umbrella | a snowman | fire | high voltage
a red heart | a crown | a guitar | a light bulb | a book | a key | a robot | a ghost
grinning face | crying face | smiling face with sunglasses | angry face | smiling face with heart-eyes | a skull | an alien | a clown face
a blue car on a yellow background | a green apple on a white background | a purple heart on a pink background | \
a yellow butterfly, noto style, on a blue background | a blue dress, fluent style | a red car, twemoji style | \
a green book on a black background | a pink balloon on a teal background"""
COLUMNS, SIZE, CAPTION_HEIGHT, GAP = 8, 128, 24, 4
BATCH = 16


def draw_sheet(images, prompts):
    width, height = SIZE + GAP, SIZE + CAPTION_HEIGHT + GAP
    sheet = Image.new("RGB", (COLUMNS * width, -(-len(images) // COLUMNS) * height), "#ddd")
    draw = ImageDraw.Draw(sheet)
    for i, (image, prompt) in enumerate(zip(images, prompts, strict=True)):
        x, y = i % COLUMNS * width, i // COLUMNS * height
        sheet.paste(image, (x, y))
        draw.text((x + 2, y + SIZE), f"{prompt[:22]}\n{prompt[22:44]}", fill="black", font_size=9)
    return sheet


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--guidance", type=float, default=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--negative", default="")
    args = parser.parse_args()
    torch.set_flush_denormal(True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pipeline = StableDiffusionPipeline.from_pretrained(args.model).to(device, torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    prompts = [prompt.strip() for line in PROMPTS.split("\n") for prompt in line.split("|")]
    images = []
    for begin in range(0, len(prompts), BATCH):
        batch = prompts[begin : begin + BATCH]
        generators = [torch.Generator().manual_seed(begin + i) for i in range(len(batch))]
        images += pipeline(
            batch, negative_prompt=[args.negative] * len(batch), height=SIZE, width=SIZE,
            num_inference_steps=args.steps, guidance_scale=args.guidance, generator=generators,
        ).images  # fmt: skip
    draw_sheet(images, prompts).save(args.out)


if __name__ == "__main__":
    main()

"""Trains a network that reads latents, on latents that are shifted and blurred by noise."""

import numpy as np
import torch
import torch.nn.functional as F

LARGEST_SHIFT = 1


def augment(latents, generator, largest_noise):
    count, _, height, width = latents.shape
    padded = F.pad(latents, [LARGEST_SHIFT] * 4, mode="replicate")
    y, x = torch.randint(0, 2 * LARGEST_SHIFT + 1, (2,), generator=generator)
    latents = padded[..., y : y + height, x : x + width]
    level = largest_noise * torch.rand(count, 1, 1, 1, generator=generator)
    return latents + level * torch.randn(latents.shape, generator=generator)


def train(network, latents, loss_of, args, weight_decay, largest_noise):
    """Minimises loss_of(outputs, chosen), where chosen are the batch's indices, for args.epochs in batches of args.batch."""
    generator = torch.Generator().manual_seed(0)
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.lr, weight_decay=weight_decay)
    steps = args.epochs * -(-len(latents) // args.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.lr, total_steps=steps, pct_start=0.15)
    for epoch in range(args.epochs):
        losses = []
        for chosen in torch.randperm(len(latents), generator=generator).split(args.batch):
            loss = loss_of(network(augment(latents[chosen], generator, largest_noise)), chosen)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {args.epochs}, loss {np.mean(losses):.3f}", flush=True)

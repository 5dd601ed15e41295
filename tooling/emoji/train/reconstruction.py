"""Losses and measures of decoded images: [N, 3, height, width], -1 to 1."""

import torch
import torch.nn.functional as F


def gradient_loss(y, x):
    """L1 of horizontal and vertical differences: keeps edges and thin lines."""
    error = y - x
    across, down = error[..., 1:] - error[..., :-1], error[..., 1:, :] - error[..., :-1, :]
    return across.abs().mean() + down.abs().mean()


def squared_error(y, x):
    return (y - x).pow(2).mean((1, 2, 3))


def psnr(y, x):
    """dB, one for each image."""
    return 10 * torch.log10(4 / squared_error(y.clamp(-1, 1), x))


def multiscale_loss(y, x, edges=0.5):
    """L1 of the images and of two smaller copies, with that of their gradients."""
    loss = (y - x).abs().mean() + edges * gradient_loss(y, x)
    for _ in range(2):
        y, x = F.avg_pool2d(y, 2), F.avg_pool2d(x, 2)
        loss = loss + 0.5 * (y - x).abs().mean()
    return loss


def psnr_loss(y, x):
    """Logarithm of each image's squared error: PSNR itself, up to sign and scale."""
    return torch.log(squared_error(y, x) + 1e-5).mean()

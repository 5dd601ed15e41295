"""The network of latents whose activations compare images: [N, 4, 16, 16] to concepts and attributes."""

import torch
from safetensors.torch import save_file
from torch import nn

WIDTHS, STRIDES = (32, 32, 64, 64, 128), (1, 1, 2, 1, 2)


class FeatureNetwork(nn.Module):
    """Five convolutions with batch normalisation and ReLU; a linear layer reads their mean over the image."""

    def __init__(self, outputs):
        super().__init__()
        inputs = (4, *WIDTHS)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(inputs[i], WIDTHS[i], 3, STRIDES[i], padding=1, bias=False) for i in range(len(WIDTHS))
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in WIDTHS)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(WIDTHS[-1], outputs)

    def forward(self, x):
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = norm(convolution(x)).relu()
        return self.head(self.dropout(x.mean((2, 3))))


@torch.no_grad()
def save_convolutions(network, path):
    """The convolutions with their normalisations folded in, float16, as "0.weight", "0.bias", …; the head is left out."""
    tensors = {}
    for i, (convolution, norm) in enumerate(zip(network.convolutions, network.norms, strict=True)):
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        tensors[f"{i}.weight"] = (convolution.weight * scale.view(-1, 1, 1, 1)).half().contiguous()
        tensors[f"{i}.bias"] = (norm.bias - norm.running_mean * scale).half().contiguous()
    save_file(tensors, path)

"""A convolutional network that names the concept of a latent, [N, 4, 16, 16]."""

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

WIDTH = 64


def block(inputs, outputs, stride):
    convolution = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


def build_classifier(concepts):
    return nn.Sequential(
        block(4, WIDTH, 1), block(WIDTH, WIDTH, 1),
        block(WIDTH, 2 * WIDTH, 2), block(2 * WIDTH, 2 * WIDTH, 1),
        block(2 * WIDTH, 4 * WIDTH, 2), nn.Dropout2d(0.2),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Dropout(0.3), nn.Linear(16 * WIDTH, concepts),
    )  # fmt: skip


def save_classifier(classifier, concepts, path):
    save_file(classifier.state_dict(), path, metadata={"concepts": "\n".join(concepts)})


def load_classifier(path):
    """The network, for inference, and the concepts that its outputs stand for."""
    with safe_open(path, "pt") as file:
        concepts = file.metadata()["concepts"].split("\n")
        state = {name: file.get_tensor(name) for name in file.keys()}
    classifier = build_classifier(len(concepts))
    classifier.load_state_dict(state)
    return classifier.eval(), concepts

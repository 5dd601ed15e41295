"""Tensors at 8 bits: each row (first dimension) is scaled by its largest value. Vectors stay float16."""

import torch


def to_int8(tensors):
    """name -> tensor; returns name -> int8 tensor, with its scales as "name.scale"."""
    packed = {}
    for name, tensor in tensors.items():
        if tensor.ndim < 2:
            packed[name] = tensor.half().contiguous()
            continue
        rows = tensor.float().flatten(1)
        scale = rows.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
        packed[name] = (rows / scale).round().to(torch.int8).view(tensor.shape).contiguous()
        packed[f"{name}.scale"] = scale[:, 0].contiguous()
    return packed


def from_int8(packed):
    """float32 tensors of `to_int8`'s."""
    tensors = {}
    for name, value in packed.items():
        if name.endswith(".scale"):
            continue
        scale = packed.get(f"{name}.scale")
        tensors[name] = value.float() if scale is None else value.float() * scale.view(-1, *[1] * (value.ndim - 1))
    return tensors

"""Training goldens: losses, intermediates and gradients of SUN adapter training, optimiser trajectories, single-operator gradients.

Run as:  python -m generate.training --out DIR --bpe PATH/bpe_simple_vocab_16e6.txt.gz

Everything stored is computed by torch autograd in float32. Every case is computed twice more to measure how far float32 can be trusted:
in float64 (including a float64 sinusoidal time embedding) and in float32 with another convolution implementation (oneDNN off).
Gradients are compared with central finite differences in float64.
"""
from .section import run

__all__ = ["run"]

"""Drawn emoji (`pnpm emoji-data --drawings`) on grounds of any colour, for training the autoencoder."""

import numpy as np
from safetensors.numpy import load_file

SIZE = 128
# The grounds' colours; as BACKGROUNDS of tooling/emoji/data/src/colours.ts.
GROUNDS = np.array(
    [
        (255, 255, 255), (16, 16, 20), (140, 142, 146), (220, 40, 44), (248, 140, 32), (252, 216, 60),
        (56, 168, 72), (32, 184, 184), (44, 104, 220), (132, 64, 192), (248, 140, 184), (126, 80, 48),
    ],
    np.float32,
)  # fmt: skip
WHITE = GROUNDS[0]


def load_drawings(folder, name):
    """uint8 [N, 128, 128, 4], straight alpha."""
    return load_file(f"{folder}/{name}.safetensors")["drawings"]


def composite(rgba, ground):
    """rgba [..., height, width, 4], ground [..., 3], 0 to 255: float32 [..., 3, height, width], -1 to 1."""
    alpha = rgba[..., 3:4].astype(np.float32) / 255
    ground = np.asarray(ground, np.float32)[..., None, None, :]
    return np.moveaxis(rgba[..., :3] * alpha + ground * (1 - alpha), -1, -3) / 127.5 - 1


def random_ground(rng):
    """White, near a named colour, or any colour."""
    r = rng.random()
    if r < 0.4:
        return WHITE
    if r < 0.85:
        return np.clip(GROUNDS[rng.integers(len(GROUNDS))] + rng.normal(0, 10, 3), 0, 255)
    return rng.uniform(0, 255, 3)

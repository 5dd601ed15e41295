"""The batches on which losses are computed."""
import torch

from ..common import randn


def batch(v, tag, text, name, times, h, w):
    n = len(times)
    return {"x_t": randn((n, 4, h, w), v.seed, "training", tag, name), "timesteps": torch.tensor(times),
            "prompt_embeds": text["prompt_embeds"][:n], "negative_embeds": text["negative_embeds"][:n]}


def away_from_kink(net, v, tag, text, name, spec):
    """CFG + Huber: first x_t draw for which no element of student - hat is near 0, where the loss's curvature 1/c turns float32 noise into per cents"""
    for k in range(400):
        b = batch(v, tag, text, name if k == 0 else f"{name}#{k}", *spec[4:])
        if spec[0] != "cfg" or spec[1] != "huber":
            return b
        o = net.targets(b, spec)
        with torch.no_grad():
            s = net.loss(b, spec, o)[1]
        key = "eps" if net.pred == "epsilon" or spec[2] == "eps" else "v"
        if (s[key + "_student"] - o[key + "_hat"]).abs().min() > 0.004:
            return b
    raise RuntimeError(name)


def b64(b):
    return {k: t.double() if t.is_floating_point() else t for k, t in b.items()}

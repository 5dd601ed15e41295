"""The checkpoint's U-Net, the student and the EMA student: targets, loss and gradients of one batch."""
import math

import torch

from ..common import double, gen, half_exact
from ..sun import SUNAttnProcessor, clone, with_sun
from .schedule import M, Schedule, distance, jump, lower, x0_eps


class Time64(torch.nn.Module):
    """sinusoidal embedding of UNet2DConditionModel (flip_sin_to_cos, freq_shift 0) in float64"""

    def __init__(self, n):
        super().__init__()
        self.n = n

    def forward(self, t):
        f = torch.exp(-math.log(10000) * torch.arange(self.n // 2, dtype=torch.float64) / (self.n // 2))
        a = t.double()[:, None] * f
        return torch.cat([a.cos(), a.sin()], -1)


class Nets(torch.nn.Module):
    """checkpoint U-Net, student and EMA student"""

    def __init__(self, tag, unet, add_pos, seed):
        super().__init__()
        self.base = clone(unet)
        self.student, _, _ = with_sun(unet, add_pos, (seed, tag), "sample")
        self.ema, _, _ = with_sun(unet, add_pos, (seed, tag), "sample")
        self.pred = "v_prediction" if tag == "tiny-sd21" else "epsilon"
        self.sched = Schedule()
        with torch.no_grad():
            for n, p in self.adapter("ema").items():
                r = torch.randn(p.shape, generator=gen("ema", seed, tag, n))
                p.copy_(half_exact(p + r * (0.15 * p.std() if p.ndim == 2 else 0.05)))
        for p in self.adapter().values():
            p.requires_grad_(True)

    def adapter(self, which="student"):
        u = getattr(self, which)
        assert all(p.norm == "sample" for p in u.attn_processors.values() if isinstance(p, SUNAttnProcessor))
        return dict(torch.nn.ModuleList(u.attn_processors.values()).named_parameters())

    def as64(self):
        n = double(self)
        n.sched = Schedule(torch.float64)
        for u in (n.base, n.student, n.ema):
            assert u.config.flip_sin_to_cos and u.config.freq_shift == 0
            u.time_proj = Time64(u.config.block_out_channels[0])
        return n

    def sun(self, which, x, t, b):
        return getattr(self, which)(x, t, torch.cat([b["prompt_embeds"], b["negative_embeds"]], 1), return_dict=False)[0]

    def targets(self, b, spec):
        """everything that is constant for the student"""
        kind, _, space, w = spec[:4]
        short = "eps" if self.pred == "epsilon" else "v"
        x, t, a, o = b["x_t"], b["timesteps"], self.sched.abar(b["timesteps"]), {}
        with torch.no_grad():
            pos = o[short + "_pos"] = self.base(x, t, b["prompt_embeds"], return_dict=False)[0]
            neg = o[short + "_neg"] = self.base(x, t, b["negative_embeds"], return_dict=False)[0]
            hat = o[short + "_hat"] = neg + w * (pos - neg)
            if short == "v" and (kind != "cfg" or space == "eps"):
                o["x0_hat"], o["eps_hat"] = x0_eps(self.pred, x, hat, a)
            if kind != "cfg":
                bk = lower(t)
                t2 = torch.maximum(t - M, bk)
                a2, ab, inside = self.sched.abar(t2), self.sched.abar(bk), t2 > bk
                o.update(t_prev=t2, boundary=bk, inside=inside.to(torch.int64), abar_t=a.flatten(), abar_t_prev=a2.flatten(), abar_boundary=ab.flatten())
                x2 = o["x_t_prev"] = jump(self.pred, x, hat, a, a2)
                out, target = torch.zeros_like(x), x2.clone()
                if inside.any():
                    rows = {k: q[inside] for k, q in b.items()}
                    out[inside] = self.sun("ema", x2[inside], t2[inside], rows)
                    target[inside] = jump(self.pred, x2[inside], out[inside], a2[inside], ab[inside])
                o[short + "_ema"], o["target"] = out, target
        return o

    def loss(self, b, spec, o):
        """-> loss, student intermediates"""
        kind, how, space = spec[:3]
        short = "eps" if self.pred == "epsilon" else "v"
        x, a, s, total = b["x_t"], self.sched.abar(b["timesteps"]), {}, 0.0
        out = s[short + "_student"] = self.sun("student", x, b["timesteps"], b)
        if short == "v" and (kind != "cfg" or space == "eps"):
            s["x0_student"], s["eps_student"] = x0_eps(self.pred, x, out, a)
        if kind != "cfg":
            s["student_jump"] = jump(self.pred, x, out, a, o["abar_boundary"].view(-1, 1, 1, 1))
            s["loss_msc"] = distance(s["student_jump"], o["target"], how)
            total = total + 1.0 * s["loss_msc"]
        if kind != "msc":
            key = "eps" if space == "eps" else short
            s["loss_cfg"] = distance(s[key + "_student"], o[key + "_hat"], how)
            total = total + (0.5 if kind == "mixed" else 1.0) * s["loss_cfg"]
        return total, s


def evaluate(net, b, spec):
    o = net.targets(b, spec)
    x = b["x_t"].clone().requires_grad_(True)
    loss, s = net.loss({**b, "x_t": x}, spec, o)
    params = net.adapter()
    mid = next(k for k in s if k.endswith("_student"))
    g = torch.autograd.grad(loss, [x, s[mid]] + list(params.values()))
    out = {**o, **{k: t.detach() for k, t in s.items()}, "loss": loss.detach()}
    if spec[0] != "mixed":
        [out.pop(k) for k in ("loss_msc", "loss_cfg") if k in out]
    return out, {"x_t": g[0], mid: g[1]}, {n: t for n, t in zip(params, g[2:])}, o

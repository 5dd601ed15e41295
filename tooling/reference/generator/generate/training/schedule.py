"""The noise schedule, the stages and the formulas of the losses."""
import torch
from diffusers import DDIMScheduler

from ..common import randn
from ..models import SD_SCHED
from .precision import sig

C, STAGES, M = 0.001, (999, 749, 499, 249, -1), 20      # Huber constant; stage k is STAGES[k] >= t > STAGES[k + 1]; teacher step


def abar_table():
    s = DDIMScheduler(set_alpha_to_one=False, clip_sample=False, **SD_SCHED)
    return s.alphas_cumprod, s.final_alpha_cumprod


class Schedule:
    def __init__(self, dtype=torch.float32):
        a, end = abar_table()                                  # float32 table; float64 runs use the same numbers
        self.table, self.end = a.to(dtype), end.to(dtype)

    def abar(self, t):
        return torch.where(t < 0, self.end, self.table[t.clamp(min=0)]).view(-1, 1, 1, 1)


def x0_eps(pred, x, out, a):
    """model output -> (x0, eps)"""
    if pred == "epsilon":
        return (x - (1 - a).sqrt() * out) / a.sqrt(), out
    return a.sqrt() * x - (1 - a).sqrt() * out, a.sqrt() * out + (1 - a).sqrt() * x


def jump(pred, x, out, a, b):
    x0, eps = x0_eps(pred, x, out, a)
    return b.sqrt() * x0 + (1 - b).sqrt() * eps


def lower(t):
    """lower boundary b_k of the stage of each timestep"""
    b = torch.tensor(STAGES[1:])
    return torch.stack([b[b < k].max() for k in t])


def distance(a, b, kind):
    d = a - b
    return (d * d).mean() if kind == "mse" else ((d * d + C * C).sqrt() - C).mean()


def schedule_checks(sink):
    x, o = randn((1, 4, 8, 8), "sc", 0), randn((1, 4, 8, 8), "sc", 1)
    for pred in ("epsilon", "v_prediction"):
        s = DDIMScheduler(set_alpha_to_one=False, clip_sample=False, prediction_type=pred, timestep_spacing="trailing", **SD_SCHED)
        s.set_timesteps(4)
        assert s.timesteps.tolist() == list(STAGES[:4])
        sc, worst = Schedule(), 0.0
        for k in range(4):
            t = torch.tensor([STAGES[k]])
            worst = max(worst, (s.step(o, STAGES[k], x).prev_sample - jump(pred, x, o, sc.abar(t), sc.abar(torch.tensor([STAGES[k + 1]])))).abs().max().item())
        sink.check(f"training: J over a whole stage == diffusers DDIMScheduler.step, trailing, 4 steps ({pred})", worst < 1e-5, sig(worst))
    sc, w = Schedule(torch.float64), 7.5
    a = sc.abar(torch.tensor([600]))
    p, n = x.double(), o.double()
    y = randn((1, 4, 8, 8), "sc", 2).double()
    e = lambda q: x0_eps("v_prediction", y, q, a)[1]
    d = (e(n + w * (p - n)) - (e(n) + w * (e(p) - e(n)))).abs().max().item()
    sink.check("training: guidance in v space == guidance in eps space", d < 1e-12, d)

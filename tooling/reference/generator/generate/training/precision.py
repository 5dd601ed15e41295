"""How far float32 can be trusted: deviations, suggested tolerances and finite differences."""
import math

import torch

from ..common import gen


def sig(x, n=3):
    return float(f"{x:.{n}g}")


def ceil1(x):
    if x <= 0:
        return 0.0
    e = math.floor(math.log10(x))
    return float(f"{math.ceil(x / 10 ** e - 1e-9)}e{e}")


def compare(a, ref):
    """worst over tensors: max|d|, max|d|/max|ref| per tensor (floating point tensors only)"""
    r = {"max_abs": 0.0, "rel_to_tensor_max": 0.0, "rel_to_global_max": 0.0, "worst": ""}
    top = max([t.abs().max().item() for t in ref.values() if t.is_floating_point()] + [0.0])
    for k, t in a.items():
        if not t.is_floating_point():
            assert torch.equal(t, ref[k]), k
            continue
        d = (t.double() - ref[k].double()).abs().max().item()
        rel = d / max(ref[k].abs().max().item(), 1e-300) if d else 0.0
        r["max_abs"] = max(r["max_abs"], d)
        if rel > r["rel_to_tensor_max"]:
            r["rel_to_tensor_max"], r["worst"] = rel, k
    r["rel_to_global_max"] = r["max_abs"] / top if top else 0.0
    fl = [k for k, t in a.items() if t.is_floating_point()]
    n2 = sum(ref[k].double().square().sum().item() for k in fl)
    r["rel_l2"] = math.sqrt(sum((a[k].double() - ref[k].double()).square().sum().item() for k in fl) / n2) if n2 else 0.0
    return {k: sig(x) if isinstance(x, float) else x for k, x in r.items()}


def suggest(*measured, floor=1e-6):
    """ten times the worst measured deviation, rounded up to one digit"""
    return {k: ceil1(max([floor] + [10 * m[k] for m in measured])) for k in ("max_abs", "rel_to_tensor_max", "rel_l2")}


def other_kernels():
    return torch.backends.mkldnn.flags(enabled=False)


def stencil(f, h):
    return (f(h) - f(-h)) / (2 * h)


def finite_difference(net, b, spec, o, gx, gp, seed):
    """float64 only; targets stay fixed. Returns the worst relative deviation over directions and single entries."""
    worst, params = 0.0, net.adapter()
    start = {n: p.detach().clone() for n, p in params.items()}

    @torch.no_grad()
    def at(dirs, h, dx=None):
        for n, p in params.items():
            p.copy_(start[n] + h * dirs[n] if n in dirs else start[n])
        val = net.loss({**b, "x_t": b["x_t"] + h * dx} if dx is not None else b, spec, o)[0].item()
        for n, p in params.items():
            p.copy_(start[n])
        return val
    whole = {n: torch.randn(p.shape, generator=gen("fd", seed, n), dtype=torch.float64) for n, p in params.items()}
    norm = math.sqrt(sum(t.square().sum().item() for t in whole.values()))
    along = {n: g / math.sqrt(sum(q.square().sum().item() for q in gp.values())) for n, g in gp.items()}
    scale = math.sqrt(sum(q.square().sum().item() for q in gp.values()))
    whole = {n: t / norm for n, t in whole.items()}
    dirs = [whole, along]
    for kind in ("to_k_neg.weight", "to_k_extra_pos.weight", "to_k_neg_alpha"):
        n = max((n for n in gp if n.endswith(kind)), key=lambda n: gp[n].abs().max().item(), default=None)
        if n:
            one = torch.zeros_like(gp[n])
            one.view(-1)[gp[n].abs().argmax()] = 1
            dirs.append({n: one})
    for d in dirs:
        want = sum((d[n] * gp[n]).sum().item() for n in d)
        got = stencil(lambda h: at(d, h), 2e-6)
        worst = max(worst, abs(got - want) / max(abs(want), 1e-3 * scale))
    d = torch.randn(gx.shape, generator=gen("fdx", seed), dtype=torch.float64)
    for d in (d / d.norm() + gx / gx.norm(),):
        want, got = (d * gx).sum().item(), stencil(lambda h: at({}, h, d), 2e-6)
        worst = max(worst, abs(got - want) / max(abs(want), 1e-3 * gx.norm().item()))
    return worst

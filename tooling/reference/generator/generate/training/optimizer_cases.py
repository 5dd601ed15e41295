"""Trajectories of AdamW with clipping and an EMA."""
import math

import torch

from .batches import b64, batch
from .origin import BY, ENTRY
from .precision import ceil1, compare, other_kernels, sig, suggest

ADAMW = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
CLIP, DECAY = 1.0, 0.95


def train(net, batches, spec):
    params = net.adapter()
    opt = torch.optim.AdamW(list(params.values()), foreach=False, **ADAMW)
    ema, steps = {n: p.detach().clone() for n, p in params.items()}, []
    for b, w in batches:
        s = spec[:3] + (w,)
        opt.zero_grad()
        loss, _ = net.loss(b, s, net.targets(b, s))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(list(params.values()), CLIP, foreach=False)
        lr = opt.param_groups[0]["lr"]
        opt.step()
        with torch.no_grad():
            for n, p in params.items():
                ema[n].mul_(DECAY).add_(p, alpha=1 - DECAY)
        l2 = lambda d: math.sqrt(sum(t.detach().double().square().sum().item() for t in d.values()))
        steps.append({"loss": loss.item(), "grad_norm": norm.item(), "clip_factor": min(1.0, CLIP / (norm.item() + 1e-6)), "lr": lr, "params_l2": l2(params), "ema_l2": l2(ema)})
    st = [opt.state[p] for p in params.values()]
    full = {"param": {n: p.detach() for n, p in params.items()}, "exp_avg": {n: s["exp_avg"] for n, s in zip(params, st)},
            "exp_avg_sq": {n: s["exp_avg_sq"] for n, s in zip(params, st)}, "ema": ema}
    return steps, full


def adamw_case(sink, v, tag, make, text, cases, how, scales, hw):
    name = f"adamw_{how}_{tag}_plain"
    times = {"reference": ((999, 321), (40, 777), (500, 120), (250, 863), (610, 3))}[v.name]
    bs = [(batch(v, tag, text, f"{name}{i}", t, *hw), w) for i, (t, w) in enumerate(zip(times, scales))]
    spec = ("cfg", how, "model")
    s32, f32 = train(make(), bs, spec)
    with other_kernels():
        s2, f2 = train(make(), bs, spec)
    s64, f64 = train(make().as64(), [(b64(b), w) for b, w in bs], spec)
    m, tol = {}, {}
    for k in f32:
        m[k] = {"fp32_vs_fp64": compare(f32[k], f64[k]), "fp32_vs_fp32_other_kernels": compare(f32[k], f2[k])}
        e = torch.cat([(f32[k][n].double() - f64[k][n]).abs().flatten() for n in f32[k]])
        m[k]["abs_difference"] = {"mean": sig(e.mean().item()), "p99.9": sig(e.kthvalue(max(1, int(0.999 * e.numel()))).values.item()), "above_1e-6": sig((e > 1e-6).double().mean().item())}
        tol[k] = {**suggest(m[k]["fp32_vs_fp64"], m[k]["fp32_vs_fp32_other_kernels"], floor=1e-13), "mean_abs": ceil1(10 * m[k]["abs_difference"]["mean"])}
    rel = lambda key: max(abs(a[key] - r[key]) / abs(r[key]) for q in (s32, s2) for a, r in zip(q, s64))
    tol.update(loss_relative=max(1e-5, ceil1(10 * rel("loss"))), grad_norm_relative=max(1e-5, ceil1(10 * rel("grad_norm"))))
    t = {}
    for i, (b, w) in enumerate(bs):
        t.update({f"in.{i}.x_t": b["x_t"], f"in.{i}.timesteps": b["timesteps"], f"in.{i}.guidance_scale": torch.tensor(w)})
    for k in ("loss", "grad_norm", "lr"):
        t[f"out.{k}"] = torch.tensor([s[k] for s in s32], dtype=torch.float32)
    for k, d in f32.items():
        t.update({f"out.{k}.{n}": x for n, x in d.items()})
    sink.tensors(f"training/{name}.safetensors", t, f"5 AdamW steps, {how} CFG distillation, {tag} plain SUN: final param, exp_avg, exp_avg_sq, ema", BY + ", torch.optim.AdamW, clip_grad_norm_", ENTRY + "adamw_case", tol)
    if how == "mse":
        sink.check(f"training {name}: clipping is active in some steps", any(s["clip_factor"] < 1 for s in s32), [sig(s["grad_norm"]) for s in s32])
        sink.check(f"training {name}: clipping is inactive in some steps", any(s["clip_factor"] == 1 for s in s32))
    cases.append({"name": name, "file": f"{name}.safetensors", "kind": "adamw", "model": tag, "add_pos": False, "prediction_type": make().pred, "loss": how, "cfg_space": "model_output", "latent": list(hw), "batch": 2, "text_rows": [0, 1],
                  "optimizer": {**ADAMW, "clip_grad_norm": CLIP, "clip_eps": 1e-6, "ema_decay": DECAY}, "batches": [{"timesteps": b["timesteps"].tolist(), "guidance_scale": w} for b, w in bs],
                  "steps": s32, "steps_float64": s64, "measured": m, "suggested_tolerance": tol})

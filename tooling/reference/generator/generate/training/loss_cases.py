"""Losses, intermediates and gradients of the planned cases."""
import math

import torch

from .batches import away_from_kink, b64, batch
from .networks import evaluate
from .origin import BY, ENTRY
from .plan import plan
from .precision import ceil1, compare, finite_difference, other_kernels, sig, suggest
from .schedule import STAGES, C


def loss_cases(sink, v, tag, add_pos, net, text, cases):
    n64, sfx = net.as64(), f"{tag}_{'addpos' if add_pos else 'plain'}"
    for name, spec in plan(v)[tag, add_pos].items():
        kind, how, space, w, times, lh, lw = spec
        b = away_from_kink(net, v, tag, text, name, spec)
        out, gin, gp, _ = evaluate(net, b, spec)
        with other_kernels():
            out2, gin2, gp2, _ = evaluate(net, b, spec)
        out64, gin64, gp64, o64 = evaluate(n64, b64(b), spec)
        fd = finite_difference(n64, b64(b), spec, o64, gin64["x_t"], gp64, (v.seed, sfx, name))
        sink.check(f"training {name} {sfx}: gradients agree with float64 finite differences", fd < 2e-4, sig(fd))
        sink.check(f"training {name} {sfx}: every adapter tensor and x_t has a gradient", all(g.abs().max() > 0 for g in [*gp.values(), gin["x_t"]]))
        m = {k: {"fp32_vs_fp64": compare(a, r), "fp32_vs_fp32_other_kernels": compare(a, q)}
             for k, a, r, q in (("outputs", out, out64, out2), ("input_gradients", gin, gin64, gin2), ("adapter_gradients", gp, gp64, gp2))}
        tol = {k: suggest(*d.values()) for k, d in m.items()}
        rel = f"training/{name}_{sfx}.safetensors"
        loss = {"float32": out["loss"].item(), "float64": out64["loss"].item()}
        loss["relative_difference"] = sig(abs(loss["float32"] - loss["float64"]) / abs(loss["float64"]))
        tol["loss_relative"] = max(1e-5, ceil1(10 * loss["relative_difference"]))
        scal = torch.tensor
        extra = {"in.guidance_scale": scal(w), "in.huber_c": scal(C)}
        sink.tensors(rel, {"in.x_t": b["x_t"], "in.timesteps": b["timesteps"], **extra, **{f"out.{k}": t for k, t in out.items()},
                           **{f"grad_in.{k}": t for k, t in gin.items()}, **{f"grad.{k}": t for k, t in gp.items()}},
                     f"{name} {sfx}: t={list(times)} latent {lh}x{lw} w={w} loss={how}" + (f" in {'eps' if space == 'eps' else 'model-output'} space" if kind != "msc" else ""),
                     BY, ENTRY + "loss_cases", {"adapter_gradients": tol["adapter_gradients"], "outputs": tol["outputs"]})
        norm = math.sqrt(sum(g.double().square().sum().item() for g in gp.values()))
        cases.append({"name": f"{name}_{sfx}", "file": rel.split("/")[1], "kind": kind, "model": tag, "add_pos": add_pos, "prediction_type": net.pred, "loss": how,
                      **({"cfg_space": "epsilon" if space == "eps" else "model_output"} if kind != "msc" else {}),
                      **({"weights": {"msc": 1.0, "cfg": 0.5}} if kind == "mixed" else {}),
                      "guidance_scale": w, "huber_c": C, "timesteps": list(times), "latent": [lh, lw], "batch": len(times), "text_rows": list(range(len(times))),
                      **({"stages": [next(k for k in range(4) if STAGES[k] >= t > STAGES[k + 1]) for t in times], "t_prev": out["t_prev"].tolist(),
                          "boundary": out["boundary"].tolist(), "inside": [bool(i) for i in out["inside"]]} if kind != "cfg" else {}),
                      "loss_value": loss, "adapter_gradient_norm": sig(norm, 9), "finite_difference_float64": sig(fd), "measured": m, "suggested_tolerance": tol})
    # consistency of the formulas
    b = batch(v, tag, text, "check", (700, 80), 8, 8)
    with torch.no_grad():
        one = torch.cat([net.sun("student", b["x_t"][i:i + 1], b["timesteps"][i:i + 1], {k: t[i:i + 1] for k, t in b.items()}) for i in range(2)])
        d = (one - net.sun("student", b["x_t"], b["timesteps"], b)).abs().max().item()
    sink.check(f"training {sfx}: batched student == one sample at a time (per-sample norm)", d < 1e-4, sig(d))
    return n64

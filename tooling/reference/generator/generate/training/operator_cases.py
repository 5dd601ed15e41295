"""Outputs and gradients of the single operators."""
import torch
import torch.nn.functional as F

from ..common import randn
from .operators import op_list
from .origin import ENTRY
from .precision import ceil1, compare, other_kernels, sig, suggest


def run_op(o, inputs, douts):
    x = {k: t.clone().requires_grad_(True) for k, t in inputs.items()}
    y = o["fn"](*x.values())
    y = list(y) if isinstance(y, (tuple, list)) else [y]
    if douts is None:
        return [t.detach() for t in y], None
    g = torch.autograd.grad(y, list(x.values()), douts)
    return [t.detach() for t in y], dict(zip(x, g))


def ops(sink, v):
    tensors, table, worst = {}, [], {"out": 0.0, "grad": 0.0}
    for o in op_list():
        n = o["name"]
        inp = {}
        for k, s in o["shapes"].items():
            t = randn(s, v.seed, "op", n, k)
            if k == "w" and ("norm" in n):
                t = 1 + 0.3 * t
            inp[k] = o["prep"].get(k, lambda t: t)(t)
        y, _ = run_op(o, inp, None)
        dy = [torch.ones(()) if t.ndim == 0 and n.startswith(("pseudo", "mse")) else randn(t.shape, v.seed, "op", n, "dout", i) for i, t in enumerate(y)]
        y, g = run_op(o, inp, dy)
        i64, d64 = {k: t.double() for k, t in inp.items()}, [t.double() for t in dy]
        y64, g64 = run_op(o, i64, d64)
        with other_kernels():
            y2, g2 = run_op(o, inp, dy)
        name = lambda i: "y" if len(y) == 1 else f"y{i}"
        dict_ = lambda ts: {name(i): t for i, t in enumerate(ts)}
        fd = None
        if o["check"]:
            ks = list(inp)
            fd = torch.autograd.gradcheck(o["fn"], [i64[k].clone().requires_grad_(True) for k in ks], eps=1e-6 if "huber" not in n else 1e-8, atol=1e-5, rtol=1e-5 if "huber" not in n else 1e-3)
            mo, mg = [compare(dict_(y), dict_(y64)), compare(dict_(y), dict_(y2))], [compare(g, g64), compare(g, g2)]
            worst = {"out": max(worst["out"], mo[0]["rel_to_tensor_max"]), "grad": max(worst["grad"], mg[0]["rel_to_tensor_max"])}
        else:
            mo, mg = [compare(dict_(y), dict_(y2))] * 2, [compare(g, g2)] * 2
        for k, t in inp.items():
            tensors[f"{n}/in.{k}"], tensors[f"{n}/grad.{k}"] = t, g[k]
        for i, t in enumerate(y):
            tensors[f"{n}/out.{name(i)}"], tensors[f"{n}/dout.{name(i)}"] = t, dy[i]
        table.append({"name": n, "op": o["op"], "attributes": o["attrs"], "inputs": {k: list(t.shape) for k, t in inp.items()}, "outputs": {name(i): list(t.shape) for i, t in enumerate(y)},
                      **({"note": o["note"]} if o["note"] else {}), "fp32_vs_fp64": {"out": mo[0]["max_abs"], "grad": mg[0]["max_abs"], "out_rel": mo[0]["rel_to_tensor_max"], "grad_rel": mg[0]["rel_to_tensor_max"]} if o["check"] else "not comparable (rounds to float16)",
                      "suggested_tolerance": {"out": suggest(*mo), "grad": suggest(*mg)}, "gradcheck_float64": fd})
    sink.check(f"training ops: torch.autograd.gradcheck passes for every operator ({len(table)})", all(t["gradcheck_float64"] in (True, None) for t in table))
    h = tensors["cast_f16_roundtrip/grad.x"]
    sink.check("training ops: the gradient of a float16 round trip is itself rounded to float16", torch.equal(h, tensors["cast_f16_roundtrip/dout.y"].half().float()))
    q = [tensors[f"attention_s5_t7/in.{k}"] for k in "qkv"]
    d = (F.scaled_dot_product_attention(*q) - tensors["attention_s5_t7/out.y"]).abs().max().item()
    sink.check("training ops: explicit attention == scaled_dot_product_attention", d < 1e-5, sig(d))
    sink.tensors("training/ops.safetensors", tensors, f"{len(table)} operators: NAME/in.*, NAME/dout.*, NAME/out.*, NAME/grad.*", "torch autograd (float32)", ENTRY + "ops", {"rel_to_tensor_max": ceil1(10 * worst["grad"])})
    sink.json("training/ops.json", {"keys": "NAME/in.X inputs, NAME/dout.Y upstream gradient, NAME/out.Y outputs, NAME/grad.X gradients; one output is called y, several y0, y1, ...", "ops": table},
              "attributes and tolerances of ops.safetensors", "torch autograd (float32)", ENTRY + "ops", indent=None)
    return len(table), worst

"""The whole of `training/`: every case, its README and its index."""
import hashlib

import torch

from ..common import randn, safetensors_bytes
from .documents import readme
from .loss_cases import loss_cases
from .networks import Nets
from .operator_cases import ops
from .optimizer_cases import adamw_case
from .origin import ENTRY
from .plan import plan
from .precision import sig
from .schedule import STAGES, C, M, abar_table, schedule_checks


def same_weights(sink, name, sd, rel):
    from safetensors.torch import load_file
    p = sink.root / rel
    if p.is_file():
        f = load_file(str(p))
        sink.check(f"training: {rel} holds the {name} used here", set(f) == set(sd) and all(torch.equal(f[k].float(), sd[k].float()) for k in f))


def run(sink, z):
    v, cases, students, files = z.v, [], {}, {}
    before = set(sink.entries)
    schedule_checks(sink)
    table, end = abar_table()
    t64 = torch.cumprod(1 - torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, 1000, dtype=torch.float64) ** 2, 0)
    drift = sig(((table.double() - t64) / t64).abs().max().item())
    sink.tensors("training/schedule.safetensors", {"alphas_cumprod": table, "final_alpha_cumprod": end}, "abar table (float32) used by every case", "diffusers.DDIMScheduler", ENTRY + "run")
    files["schedule.safetensors"] = f"alphas_cumprod [1000], final_alpha_cumprod; float32 as diffusers computes it (differs from a float64 cumprod by up to {drift:.1e} relative: use this table)"
    for (tag, unet, width) in (("tiny-sd15", z.unet, v.text_hidden), ("tiny-sd21", z.unet21, v.sd21_hidden)):
        text = {k: randn((3, 77, width), v.seed, "training", tag, k) for k in ("prompt_embeds", "negative_embeds")}
        sink.tensors(f"training/text_{tag}.safetensors", text, f"text embeddings shared by all {tag} training cases (random)", "random", ENTRY + "run")
        files[f"text_{tag}.safetensors"] = f"prompt_embeds, negative_embeds [3,77,{width}]"
        for suffix in ("", ".fp16"):
            same_weights(sink, "U-Net", unet.state_dict(), f"{tag}/unet/diffusion_pytorch_model{suffix}.safetensors")
        for add_pos in (False, True):
            if (tag, add_pos) not in plan(v):
                continue
            sfx = f"{tag}_{'addpos' if add_pos else 'plain'}"
            net = Nets(tag, unet, add_pos, v.seed)
            half = lambda which: {k: p.detach().half() for k, p in net.adapter(which).items()}
            students[f"../sun/{sfx}.safetensors"] = hashlib.sha256(safetensors_bytes(half("student"))).hexdigest()
            same_weights(sink, "student adapter", net.adapter(), f"sun/{sfx}.safetensors")
            sink.tensors(f"training/ema_{sfx}.safetensors", half("ema"), f"EMA adapter for the MSC cases of {sfx} (student plus noise, fp16-exact)", "random", ENTRY + "run")
            files[f"ema_{sfx}.safetensors"] = "EMA adapter of the MSC cases, authors' key format, float16 exact"
            loss_cases(sink, v, tag, add_pos, net, text, cases)
            if not add_pos:
                how, scales, hw = ("mse", (7.5, 5.0, 1.5, 7.5, 3.0), (8, 8)) if tag == "tiny-sd15" else ("huber", (7.5, 5.0, 7.5, 5.0, 7.5), (8, 8))
                adamw_case(sink, v, tag, lambda: Nets(tag, unet, False, v.seed), text, cases, how, scales, hw)
    nops, worst = ops(sink, v)
    files["ops.safetensors, ops.json"] = f"{nops} single-operator gradients"
    sink.bytes("training/README.md", readme(v, cases, nops, worst, files).encode(), "table of the training goldens, formulas, tolerances", "generate/training", ENTRY + "readme")
    new = [r for r in sink.entries if r.startswith("training/") and r not in before]
    manifest = {}
    for r in sorted(new):
        data = (sink.root / r).read_bytes()
        e = sink.entries[r]
        manifest[r.split("/", 1)[1]] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "what": e["what"], "produced_by": e["produced_by"], "generator": e["generator"]}
    import diffusers
    sink.json("training/cases.json", {"format": 1, "set": v.name, "versions": {"torch": torch.__version__.split("+")[0], "diffusers": diffusers.__version__},
                                      "constants": {"huber_c": C, "stage_boundaries": list(STAGES), "teacher_step": M, "final_alpha_cumprod": end.item(), "attention_norm": "sample", "mixed_weights": {"msc": 1.0, "cfg": 0.5}},
                                      "frozen_weights": {"tiny-sd15": "../tiny-sd15/unet", "tiny-sd21": "../tiny-sd21/unet"}, "student_adapters": {k: {"sha256": h} for k, h in students.items()},
                                      "cases": cases, "files": manifest}, "training cases: options, tolerances, SHA-256 of the other files in training/", "generate/training", ENTRY + "run", indent=1)
    total = sum((sink.root / r).stat().st_size for r in new) + (sink.root / "training/cases.json").stat().st_size
    sink.check("training: at most 6 MB", total <= 6_000_000, total)

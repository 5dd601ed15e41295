"""One step of training as @sunstep/distillation's Trainer does it, in PyTorch.

Reads one line of JSON, its settings, then "float32" or "bfloat16" once for each step that is wanted; answers each with the
step's time in milliseconds and its loss. bfloat16 is autocast: weights and optimiser stay float32.
"""
import json
import sys
import time
from pathlib import Path

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel

sys.path.insert(0, str(Path(__file__).parents[1] / "reference/generator"))
from generate.sun import build, clone, set_norm  # noqa: E402

s = json.loads(sys.stdin.readline())
torch.manual_seed(0)
base = UNet2DConditionModel.from_pretrained(s["model"], subfolder="unet").float().eval().requires_grad_(False)
schedule = DDIMScheduler.from_pretrained(s["model"], subfolder="scheduler")
assert schedule.config.prediction_type == "epsilon"
table = torch.cat([schedule.alphas_cumprod, schedule.final_alpha_cumprod.view(1)])  # index -1: past the last step


def student():
    """The frozen U-Net with an adapter that starts as the layers' own projections."""
    unet = clone(base)
    adapter, _ = build(unet, s["addPos"])
    set_norm(unet, "sample")
    with torch.no_grad():
        for name, processor in unet.attn_processors.items():
            attention = unet.get_submodule(name.removesuffix(".processor"))
            for key, value in processor.named_parameters():
                if value.ndim == 2:
                    value.copy_((attention.to_k if "to_k" in key else attention.to_v).weight)
                elif key.endswith("alpha"):
                    value.fill_(0.3)
    return unet, list(adapter.requires_grad_(False).parameters())


net, params = student()
average, averaged = student()
for p in params:
    p.requires_grad_(True)
a = s["adamw"]
optimiser = torch.optim.AdamW(params, lr=s["learningRate"], betas=a["betas"], eps=a["epsilon"], weight_decay=a["weightDecay"], fused=True)


def abar(t):
    return table[t].view(-1, 1, 1, 1)


def jump(x, eps, t, to):
    x0 = (x - (1 - abar(t)).sqrt() * eps) / abar(t).sqrt()
    return abar(to).sqrt() * x0 + (1 - abar(to)).sqrt() * eps


def distance(x, y):
    return ((x - y).square() + s["c"] ** 2).sqrt().sub(s["c"]).mean()


def step(x, t, prompt, negative):
    ends = torch.tensor(s["boundaries"])
    end = torch.stack([ends[ends < k].max() for k in t])
    before = torch.maximum(t - s["teacherStride"], end)
    both = torch.cat([prompt, negative], 1)
    with torch.no_grad():
        neg, pos = base(x.repeat(2, 1, 1, 1), t.repeat(2), torch.cat([negative, prompt])).sample.float().chunk(2)
        guided = neg + s["guidance"] * (pos - neg)
        teacher = jump(x, guided, t, before)
        ahead = jump(teacher, average(teacher, before, both).sample.float(), before, end)
        target = torch.where((before > end).view(-1, 1, 1, 1), ahead, teacher)
    eps = net(x, t, both).sample.float()
    loss = s["weights"]["msc"] * distance(jump(x, eps, t, end), target) + s["weights"]["cfg"] * distance(eps, guided)
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(params, a["clipNorm"])
    optimiser.step()
    with torch.no_grad():
        torch._foreach_lerp_(averaged, params, 1 - a["emaDecay"])
    return loss.item()


def batch():
    b = s["batch"]
    text = torch.randn(2, b, s["tokens"], base.config.cross_attention_dim)
    return torch.randn(b, base.config.in_channels, s["height"], s["width"]), torch.tensor(s["timesteps"]), *text


print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "weights": sum(p.numel() for p in params)}), flush=True)
for line in sys.stdin:
    inputs = batch()
    with torch.autocast("cpu", torch.bfloat16, enabled=line.strip() == "bfloat16"):
        begin = time.perf_counter()
        loss = step(*inputs)
        print(json.dumps({"milliseconds": 1e3 * (time.perf_counter() - begin), "loss": loss}), flush=True)

"""Goldens of PeRFlow's scheduler, which diffusers does not have: python -m generate.perflow SCHEDULER_PERFLOW.PY FIXTURES

The first argument is src/scheduler_perflow.py of github.com/magic-research/piecewise-rectified-flow. Adds the class to
FIXTURES/schedulers and FIXTURES/cases.json; the other classes stay as they are.
"""
import importlib.util
import json
import sys
from pathlib import Path

import diffusers
import torch
from safetensors.torch import save_file

from .schedulers import BASE, SHAPE, gen, simulate, spread

NAME = "PeRFlowScheduler"
VARIANTS = [
    (dict(prediction_type="ddim_eps"), 4, None),
    (dict(prediction_type="diff_eps"), 4, None),
    (dict(prediction_type="velocity"), 6, None),
    (dict(prediction_type="ddim_eps"), 6, None),
    (dict(prediction_type="diff_eps", num_time_windows=3), 8, None),
    (dict(prediction_type="ddim_eps", num_time_windows=2), 5, None),
    (dict(prediction_type="diff_eps"), 8, 0.6),
]


def main(authors, fixtures):
    spec = importlib.util.spec_from_file_location("scheduler_perflow", authors)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    setattr(diffusers, NAME, module.PeRFlowScheduler)
    root = Path(fixtures)
    tensors, index, cases = {}, [], []
    for n, (variant, steps, strength) in enumerate(VARIANTS):
        cid, cfg = f"PeRFlow.{n:03d}", dict(BASE, **variant)
        info, out = simulate(NAME, cfg, variant, steps, cid, strength)
        tol = spread(NAME, cfg, variant, steps, cid, out, strength) or 0
        tensors.update({f"{cid}.{k}": x.contiguous() for k, x in out.items()})
        index.append({"id": cid, "class": NAME, "config": cfg, "num_inference_steps": steps, "set_timesteps_kwargs": {}, "step_kwargs": {},
                      **({"strength": strength} if strength else {}), **{k: x for k, x in info.items() if k not in ("order", "all_timesteps", "sigmas")}})
        cases.append({"id": f"schedulers/{cid}", "group": f"scheduler/{NAME}", "kind": "scheduler", "cases": "schedulers/cases.json", "case": cid,
                      "file": f"schedulers/{NAME}.safetensors", "rtolStd": max(2e-5, 10 * tol)})
    save_file(tensors, str(root / f"schedulers/{NAME}.safetensors"))
    path = root / "schedulers/cases.json"
    data = json.loads(path.read_text())
    data["cases"] = [c for c in data["cases"] if c["class"] != NAME] + index
    path.write_text(json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n")
    path = root / "cases.json"
    data = json.loads(path.read_text())
    listed = data if isinstance(data, list) else data["cases"]
    last = max(i for i, c in enumerate(listed) if c["kind"] == "scheduler" and c.get("group") != f"scheduler/{NAME}")
    kept = [c for c in listed if c.get("group") != f"scheduler/{NAME}"]
    kept[last + 1:last + 1] = cases
    listed[:] = kept
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(*sys.argv[1:])

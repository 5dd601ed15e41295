"""Schedulers at the edges of their options, as diffusers computes them: python scheduler_edges.py OUT.json

Writes packages/scheduler/test/diffusers-edges.json:
  saved: scheduler_config.json of every class that takes Stable Diffusion's betas, as save_pretrained writes it, and for
    each class that from_config can make of it the timesteps of 4 steps, or null where diffusers refuses or gives NaN;
  runs: the timesteps and the last sample of whole runs, with network(x, t) = 0.5 cos(x + t / 1000).
Needs torch, diffusers and scipy (for beta sigmas).
"""
import inspect
import itertools
import json
import sys
import tempfile
import warnings
from pathlib import Path

import diffusers
import torch
from diffusers import schedulers

warnings.filterwarnings("ignore")
diffusers.utils.logging.set_verbosity_error()

BETAS = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
TARGETS = (
    "DDIM DDPM DPMSolverMultistep DPMSolverSinglestep EulerDiscrete EulerAncestralDiscrete "
    "HeunDiscrete LMSDiscrete PNDM UniPCMultistep LCM TCD"
).split()
VARIANTS = {
    "DDPM fixed_large": ("DDPM", dict(variance_type="fixed_large")),
    "DDPM learned_range": ("DDPM", dict(variance_type="learned_range")),
    "DDPM clipped": ("DDPM", dict(clip_sample=True)),
    "DPM SDE Karras": ("DPMSolverMultistep", dict(use_karras_sigmas=True, algorithm_type="sde-dpmsolver++")),
    "DPM clipped lambda": ("DPMSolverMultistep", dict(lambda_min_clipped=-5.1)),
    "DPM Lu": ("DPMSolverMultistep", dict(euler_at_final=True, use_lu_lambdas=True)),
    "DDIM zero SNR": ("DDIM", dict(rescale_betas_zero_snr=True, timestep_spacing="trailing", prediction_type="v_prediction")),
    "Euler zero SNR": ("EulerDiscrete", dict(rescale_betas_zero_snr=True, timestep_spacing="trailing", prediction_type="v_prediction")),
    "Euler trailing": ("EulerDiscrete", dict(timestep_spacing="trailing")),
    "UniPC bh1": ("UniPCMultistep", dict(solver_type="bh1")),
    "UniPC beta": ("UniPCMultistep", dict(use_beta_sigmas=True)),
    "DDIM cosine": ("DDIM", dict(beta_schedule="squaredcos_cap_v2")),
    "DDIM thresholding": ("DDIM", dict(thresholding=True)),
    "DDIM sample": ("DDIM", dict(prediction_type="sample")),
    "PNDM Runge-Kutta": ("PNDM", dict(skip_prk_steps=False)),
    "PNDM v": ("PNDM", dict(prediction_type="v_prediction")),
}
LEFT_OUT = ("Flow", "Cosine", "UnCLIP", "Repaint", "RePaint", "SdeV", "KarrasV", "VQ", "CogVideo")


def class_of(name):
    return getattr(schedulers, f"{name}Scheduler")


def network(x, t):
    return 0.5 * torch.cos(x + float(t) / 1000)


def run(scheduler, steps, **options):
    scheduler.set_timesteps(steps, **options)
    sample = torch.sin(torch.arange(1, 9, dtype=torch.float32)).reshape(1, 4, 1, 2) * scheduler.init_noise_sigma
    timesteps = [float(t) for t in scheduler.timesteps]
    generator = torch.Generator().manual_seed(0)
    takes_generator = "generator" in inspect.signature(scheduler.step).parameters
    for t in scheduler.timesteps:
        output = network(scheduler.scale_model_input(sample, t), t)
        extra = dict(generator=generator) if takes_generator else {}
        sample = scheduler.step(output, t, sample, **extra).prev_sample
    return timesteps, sample.flatten()


def saved():
    bases = dict(VARIANTS)
    for name in dir(schedulers):
        found = getattr(schedulers, name)
        if not (inspect.isclass(found) and name.endswith("Scheduler")) or name.startswith(LEFT_OUT):
            continue
        if "beta_schedule" in inspect.signature(found.__init__).parameters:
            bases.setdefault(name, (name.removesuffix("Scheduler"), {}))
    result = {}
    for name, (base, options) in bases.items():
        with tempfile.TemporaryDirectory() as folder:
            class_of(base)(**{**BETAS, **options}).save_pretrained(folder)
            config = json.loads((Path(folder) / "scheduler_config.json").read_text(), parse_constant=str)
            loaded = class_of(base).from_pretrained(folder)
        made = {}
        for target in TARGETS:
            try:
                timesteps, sample = run(class_of(target).from_config(loaded.config), 4)
                made[f"{target}Scheduler"] = timesteps if torch.isfinite(sample).all() else None
            except Exception:
                made[f"{target}Scheduler"] = None
        result[name] = dict(config=config, made=made)
    return result


def runs():
    cases = []
    spacings = [{}, dict(use_karras_sigmas=True), dict(use_exponential_sigmas=True), dict(use_beta_sigmas=True)]
    by_sigma = ["DPMSolverMultistep", "DPMSolverSinglestep", "EulerDiscrete", "HeunDiscrete", "LMSDiscrete", "UniPCMultistep"]
    for name, train, spacing in itertools.product(by_sigma, [1000, 500, 777, 2000], spacings):
        cases.append((name, dict(num_train_timesteps=train, **spacing), 7))
    for name, train, steps, spacing in itertools.product(by_sigma, [100, 777, 1500], [4, 10, 25], spacings[2:]):
        cases.append((name, dict(num_train_timesteps=train, **spacing), steps))
    for name, flags in itertools.product(["UniPCMultistep"], [dict(), dict(solver_type="bh1"), dict(solver_order=3)]):
        for thresholding, prediction in itertools.product([False, True], ["epsilon", "v_prediction", "sample"]):
            options = dict(predict_x0=False, final_sigmas_type="sigma_min", thresholding=thresholding, prediction_type=prediction, **flags)
            cases.append((name, options, 6))
    for algorithm in ["dpmsolver", "dpmsolver++"]:
        options = dict(algorithm_type=algorithm, thresholding=True, final_sigmas_type="sigma_min")
        cases.append(("DPMSolverMultistep", options, 6))
    for timestep_type, interpolation, spacing, prediction in itertools.product(
        ["discrete", "continuous"], ["linear", "log_linear"], ["linspace", "leading", "trailing"], ["epsilon", "v_prediction"]
    ):
        options = dict(timestep_type=timestep_type, interpolation_type=interpolation, timestep_spacing=spacing, prediction_type=prediction)
        cases.append(("EulerDiscrete", options, 6))
    result = []
    for name, options, steps in cases:
        try:
            timesteps, sample = run(class_of(name)(**{**BETAS, **options}), steps)
        except Exception as error:
            print("refused:", name, options, type(error).__name__, str(error)[:100], file=sys.stderr)
            continue
        if torch.isfinite(sample).all():
            result.append(dict(scheduler=f"{name}Scheduler", options=options, steps=steps, timesteps=timesteps, sample=sample.tolist()))
        else:
            print("not finite:", name, options, file=sys.stderr)
    return result


Path(sys.argv[1]).write_text(json.dumps(dict(diffusers=diffusers.__version__, torch=torch.__version__, betas=BETAS, saved=saved(), runs=runs())) + "\n")

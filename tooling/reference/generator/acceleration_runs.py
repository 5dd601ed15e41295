"""Few-step methods as diffusers runs them: python acceleration_runs.py FIXTURES SCHEDULER_PERFLOW.PY OUT.safetensors

Writes packages/accelerations/test/diffusers-runs.safetensors: for every method the final latents and the image (uint8, height,
width, channels) of a run with its published settings on the tiny models of FIXTURES. LoRAs have the methods' published names of
tensors; their weights are a formula of these names (`weights`), which `method-file.ts` repeats. The second argument is
src/scheduler_perflow.py of github.com/magic-research/piecewise-rectified-flow.
"""
import importlib.util
import re
import sys
import warnings

import diffusers
import torch
from diffusers import (DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, LCMScheduler, StableDiffusionPipeline,
                       StableDiffusionXLPipeline, TCDScheduler)
from safetensors.torch import save_file

warnings.filterwarnings("ignore")
diffusers.utils.logging.set_verbosity_error()
diffusers.utils.logging.disable_progress_bar()
torch.set_num_threads(1)

PROMPT, NEGATIVE, SEED, SIZE = "a photo of a cat", "blurry", 7, 32
ATTENTION = re.compile(r"\.(to_q|to_k|to_v|to_out\.0|proj_in|proj_out|ff\.net\.0\.proj|ff\.net\.2)$")
CONVOLUTION = re.compile(r"\.(conv1|conv2|conv_shortcut|time_emb_proj|downsamplers\.0\.conv|upsamplers\.0\.conv)$")


def weights(name, shape):
    """Multiples of 2^-15, exact in float16."""
    salt = sum(map(ord, name))
    i = torch.arange(torch.Size(shape).numel(), dtype=torch.int64)
    return ((((i * 7919 + salt * 104729) % 2048) - 1024).float() / 32768).reshape(shape).half()


def kohya(module, down, up):
    key = "lora_unet_" + module.replace(".", "_")
    return [(f"{key}.lora_down.weight", down), (f"{key}.lora_up.weight", up)]


def peft(module, down, up):
    return [(f"unet.{module}.lora_A.weight", down), (f"unet.{module}.lora_B.weight", up)]


def old(module, down, up):
    return [(f"unet.{module}.lora.down.weight", down), (f"unet.{module}.lora.up.weight", up)]


def lora(unet, layout, convolutions):
    state = {}
    for name, module in unet.named_modules():
        if not (ATTENTION.search(name) or (convolutions and CONVOLUTION.search(name))):
            continue
        out, inputs, *kernel = module.weight.shape
        down, up = [1, inputs, *kernel], [out, 1, *[1 for _ in kernel]]
        for key, shape in layout(name, down, up):
            state[key] = weights(key, shape)
    return state


def perflow_class(path):
    spec = importlib.util.spec_from_file_location("scheduler_perflow", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PeRFlowScheduler


def main(fixtures, perflow_path, out):
    PeRFlow = perflow_class(perflow_path)
    results = {}

    def run(name, scheduler, steps, guidance, xl=False, layout=None, convolutions=True, negative=None, options=None, change=None, **kw):
        cls, folder = (StableDiffusionXLPipeline, "tiny-sdxl") if xl else (StableDiffusionPipeline, "tiny-sd15")
        extra = {} if xl else dict(safety_checker=None, requires_safety_checker=False)
        pipe = cls.from_pretrained(f"{fixtures}/{folder}", variant=None if xl else "fp16", torch_dtype=torch.float32, **extra)
        pipe.set_progress_bar_config(disable=True)
        pipe.scheduler = scheduler.from_config(pipe.scheduler.config, **(options or {}))
        if layout:
            pipe.load_lora_weights(lora(pipe.unet, layout, convolutions))
            pipe.fuse_lora(lora_scale=1.0)
        if change:
            change(pipe)
        seen = []

        def keep(_pipe, _i, _t, kwargs):
            seen.append(kwargs["latents"].clone())
            return kwargs
        steps = {} if "timesteps" in kw else {"num_inference_steps": steps}
        image = pipe(PROMPT, negative_prompt=negative, guidance_scale=guidance, height=SIZE, width=SIZE, generator=torch.Generator().manual_seed(SEED),
                     callback_on_step_end=keep, output_type="np", **steps, **kw).images[0]
        results[f"{name}.latents"] = seen[-1].contiguous()
        results[f"{name}.image"] = torch.from_numpy((image * 255).round().astype("uint8")).contiguous()
        print(name, f"{seen[-1].std():.3f}", len(seen))

    def add_differences(pipe):
        state = pipe.unet.state_dict()
        pipe.unet.load_state_dict({key: value + weights(key, value.shape).float() for key, value in state.items()})

    trailing = dict(timestep_spacing="trailing")
    # Published models' configs say so; those of FIXTURES do not.
    ddim = dict(trailing, clip_sample=False, set_alpha_to_one=False)
    with torch.no_grad():
        run("lcm-lora", LCMScheduler, 4, 1.0, layout=kohya)
        run("hyper-sd", DDIMScheduler, 4, 0, layout=peft, options=ddim)
        run("hyper-sd-unified", TCDScheduler, 1, 0, layout=peft, eta=1.0)
        run("hyper-sd-cfg", DDIMScheduler, 8, 6, layout=peft, options=ddim, negative=NEGATIVE)
        run("tcd", TCDScheduler, 4, 0, layout=old, convolutions=False, eta=0.3)
        run("pcm", DDIMScheduler, 4, 1, layout=peft, options=ddim)
        run("pcm-normal", DDIMScheduler, 8, 4.5, layout=peft, options=ddim, negative=NEGATIVE)
        run("lightning-lora", EulerDiscreteScheduler, 4, 0, xl=True, layout=kohya, options=trailing)
        run("lightning", EulerDiscreteScheduler, 2, 0, xl=True, options=trailing)
        run("lightning-1step", EulerDiscreteScheduler, 1, 0, xl=True, options=dict(trailing, prediction_type="sample"))
        run("turbo", EulerAncestralDiscreteScheduler, 1, 0, xl=True, options=trailing)
        run("dmd2-lora", LCMScheduler, 4, 0, xl=True, layout=kohya, timesteps=[999, 749, 499, 249])
        run("dmd2-1step", LCMScheduler, 1, 0, xl=True, timesteps=[399])
        run("hyper-sdxl-unet", LCMScheduler, 1, 0, xl=True, timesteps=[800])
        run("perflow-delta", PeRFlow, 6, 7.5, negative=NEGATIVE, options=dict(prediction_type="diff_eps", num_time_windows=4), change=add_differences)
        run("perflow", PeRFlow, 6, 2.0, xl=True, negative=NEGATIVE, options=dict(prediction_type="ddim_eps", num_time_windows=4))
        run("sdxs", EulerDiscreteScheduler, 1, 0, options=trailing)
    save_file(results, out)


main(*sys.argv[1:])

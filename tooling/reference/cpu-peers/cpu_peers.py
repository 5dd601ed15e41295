"""Times SD1.5's U-Net and VAE decoder at 512x512 in PyTorch or OpenVINO on CPUs. Prints one line of JSON."""

import argparse
import json
import resource
import statistics
import time

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
OPENVINO_PRECISIONS = {"float32": "f32", "bfloat16": "bf16"}


class Evaluation(torch.nn.Module):
    """A U-Net with positional arguments and a tensor as its result, as tracing needs it."""

    def __init__(self, unet):
        super().__init__()
        self.unet = unet

    def forward(self, sample, timestep, states):
        return self.unet(sample, timestep, states, return_dict=False)[0]


class Decoder(torch.nn.Module):
    """The half of a VAE that turns latents into images."""

    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, latents):
        return self.vae.decode(latents, return_dict=False)[0]


def in_torch(module, inputs, precision):
    dtype = PRECISIONS[precision]
    module = module.to(dtype)
    cast = [value.to(dtype) for value in inputs]
    return lambda: module(*cast)


def in_openvino(module, inputs, precision):
    import openvino

    converted = openvino.convert_model(module, example_input=tuple(inputs))
    for port, value in zip(converted.inputs, inputs):
        port.get_node().set_partial_shape(openvino.PartialShape(list(value.shape)))
    converted.validate_nodes_and_infer_types()
    config = {"INFERENCE_PRECISION_HINT": OPENVINO_PRECISIONS[precision], "PERFORMANCE_HINT": "LATENCY"}
    compiled = openvino.compile_model(converted, "CPU", config)
    arrays = [value.numpy() for value in inputs]
    return lambda: compiled(arrays)


def seconds(run, runs):
    run()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, help="a diffusers folder of SD1.5's shape")
    parser.add_argument("--engine", choices=["torch", "openvino"], default="torch")
    parser.add_argument("--precision", choices=list(PRECISIONS), default="bfloat16")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    prepare = {"torch": in_torch, "openvino": in_openvino}[options.engine]
    with torch.inference_mode():
        unet = UNet2DConditionModel.from_pretrained(options.model, subfolder="unet", torch_dtype=torch.float32)
        states = torch.randn(1, 77, unet.config.cross_attention_dim)
        inputs = [torch.randn(1, 4, 64, 64), torch.tensor([499.0]), states]
        run = prepare(Evaluation(unet.eval()), inputs, options.precision)
        del unet
        evaluation = seconds(run, options.runs)
        del run
        vae = AutoencoderKL.from_pretrained(options.model, subfolder="vae", torch_dtype=torch.float32)
        run = prepare(Decoder(vae.eval()), [torch.randn(1, 4, 64, 64)], options.precision)
        decode = seconds(run, max(1, options.runs // 2))
    result = {
        "engine": options.engine,
        "precision": options.precision,
        "evaluation": evaluation,
        "decode": decode,
        "guided25": 50 * evaluation + decode,
        "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps({name: round(value, 2) if isinstance(value, float) else value for name, value in result.items()}))


main()

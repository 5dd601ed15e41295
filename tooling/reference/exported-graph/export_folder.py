"""Exports a diffusers folder to ONNX as optimum does: `python export_folder.py FOLDER OUT [--dtype float32]`.

torch's TorchScript exporter at opset 14, optimum's file names, inputs and dynamic axes. Needs torch, diffusers, transformers.
"""

import argparse
import shutil
import warnings
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

OPSET = 14


class Results(torch.nn.Module):
    """Calls a network with positional inputs and returns a plain tensor, as exporters need it."""

    def __init__(self, network, run):
        super().__init__()
        self.network = network
        self.run = run

    def forward(self, *inputs):
        return self.run(self.network, *inputs)


def export(network, run, inputs, outputs, path):
    """`inputs` and `outputs`: axes by name; an input's value comes first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    axes = {name: axes for name, (_, axes) in inputs.items()} | outputs
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Results(network.eval(), run),
            tuple(value for value, _ in inputs.values()),
            str(path),  # a Path has no place for weights beside it
            dynamo=False,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
            do_constant_folding=True,
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dtype", default="float32", choices=["float32", "float16"])
    given = parser.parse_args()
    dtype = getattr(torch, given.dtype)
    given.out.mkdir(parents=True, exist_ok=True)
    shutil.copy(given.folder / "model_index.json", given.out)
    for folder in ["scheduler", "tokenizer"]:
        if (given.folder / folder).exists():
            shutil.copytree(given.folder / folder, given.out / folder, dirs_exist_ok=True)

    image_axes = {0: "batch_size", 2: "height", 3: "width"}
    token_axes = {0: "batch_size", 1: "sequence_length"}

    unet = UNet2DConditionModel.from_pretrained(given.folder / "unet", torch_dtype=dtype)
    sample = torch.randn(1, unet.config.in_channels, 16, 16, dtype=dtype)
    prompt = torch.randn(1, 77, unet.config.cross_attention_dim, dtype=dtype)
    export(
        unet,
        lambda network, *values: network(*values, return_dict=False)[0],
        {
            "sample": (sample, image_axes),
            "timestep": (torch.tensor([500], dtype=dtype), {0: "steps"}),
            "encoder_hidden_states": (prompt, token_axes),
        },
        {"out_sample": image_axes},
        given.out / "unet/model.onnx",
    )
    shutil.copy(given.folder / "unet/config.json", given.out / "unet")
    del unet

    vae = AutoencoderKL.from_pretrained(given.folder / "vae", torch_dtype=dtype)
    latents = torch.randn(1, vae.config.latent_channels, 16, 16, dtype=dtype)
    export(
        vae,
        lambda network, value: network.decode(value, return_dict=False)[0],
        {"latent_sample": (latents, image_axes)},
        {"sample": image_axes},
        given.out / "vae_decoder/model.onnx",
    )
    shutil.copy(given.folder / "vae/config.json", given.out / "vae_decoder")
    del vae

    encoder = CLIPTextModel.from_pretrained(given.folder / "text_encoder", dtype=dtype)
    export(
        encoder,
        lambda network, ids: tuple(network(ids)[:2]),
        {"input_ids": (torch.zeros(1, 77, dtype=torch.int32), token_axes)},
        {"last_hidden_state": token_axes, "pooler_output": {0: "batch_size"}},
        given.out / "text_encoder/model.onnx",
    )
    shutil.copy(given.folder / "text_encoder/config.json", given.out / "text_encoder")


main()

"""The U-Net and the text encoder: SD1.x's geometry, smaller."""

from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

UNET = dict(
    sample_size=16, layers_per_block=1, block_out_channels=(64, 128, 256),
    down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
    cross_attention_dim=256, attention_head_dim=4, norm_num_groups=32,
)  # fmt: skip
TEXT_ENCODER = dict(
    hidden_size=256, intermediate_size=1024, num_hidden_layers=4, num_attention_heads=4, projection_dim=256,
    max_position_embeddings=77, hidden_act="quick_gelu",
)  # fmt: skip


class PlainAttention:
    """As diffusers' attention, by two products and a softmax: with heads this small it trains faster on a CPU."""

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        batch, heads = len(hidden_states), attn.heads
        split = lambda x: x.view(batch, x.shape[1], heads, -1).transpose(1, 2).flatten(0, 1)
        query, key, value = split(attn.to_q(hidden_states) * attn.scale), split(attn.to_k(context)), split(attn.to_v(context))
        out = torch.bmm(torch.bmm(query, key.transpose(1, 2)).softmax(-1), value)
        return attn.to_out[0](out.view(batch, heads, out.shape[1], -1).transpose(1, 2).flatten(2))


def build(vocabulary):
    """Fresh networks; every residual branch of the U-Net and its output start at zero."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(**UNET)
    ends = dict(bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1, pad_token_id=vocabulary - 1)
    text_encoder = CLIPTextModel(CLIPTextConfig(vocab_size=vocabulary, **ends, **TEXT_ENCODER))
    for name, module in unet.named_modules():
        if name == "conv_out" or name.endswith((".conv2", ".proj_out", ".to_out.0", ".ff.net.2")):
            torch.nn.init.zeros_(module.weight)
            torch.nn.init.zeros_(module.bias)
    for name, p in text_encoder.named_parameters():
        if "token_embedding" in name:
            torch.nn.init.normal_(p, std=0.3)
        if "position_embedding" in name:
            torch.nn.init.normal_(p, std=0.05)
    return unet, text_encoder


def load(path, unet, text_encoder):
    """Puts weights into the networks: a model folder's, or the averaged ones of a training state."""
    if Path(path).is_dir():
        unet.load_state_dict(UNet2DConditionModel.from_pretrained(path, subfolder="unet").float().state_dict())
        text_encoder.load_state_dict(CLIPTextModel.from_pretrained(path, subfolder="text_encoder").float().state_dict())
        return
    state = torch.load(path, weights_only=True, map_location="cpu")
    with torch.no_grad():
        for p, value in zip([*unet.parameters(), *text_encoder.parameters()], state["average"], strict=True):
            p.copy_(value)


def alphas_cumprod():
    """SD1.5's noise schedule: scaled_linear, 0.00085 to 0.012, 1,000 timesteps."""
    return torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2, 0)

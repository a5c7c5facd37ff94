"""Models to measure with: the starter, and one with random weights as large as Stable Diffusion 1.5."""

from __future__ import annotations

from pathlib import Path

import diffusers
import torch
from transformers import CLIPTextConfig, CLIPTextModel

from tests import tiny


def sd15_size(folder: Path, dtype: torch.dtype = torch.bfloat16) -> Path:
    """A model folder: UNet 860 M, text encoder 123 M, autoencoder 84 M, all of chance (2 GB in bfloat16)."""
    tokenizer = tiny.tokenizer()
    words = CLIPTextConfig(
        vocab_size=49408,
        hidden_size=768,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.device("meta"):
        unet = diffusers.UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)
        vae = diffusers.AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            latent_channels=4,
            sample_size=512,
        )
    text_encoder = CLIPTextModel(words).to(dtype)  # its buffers have to be real
    for network in (unet, vae):
        _fill(network.to(dtype).to_empty(device="cpu"))
    scheduler = diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, **tiny.SCALED_LINEAR)
    diffusers.StableDiffusionPipeline(
        vae,
        text_encoder,
        tokenizer,
        unet,
        scheduler,
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


@torch.no_grad()
def _fill(network: torch.nn.Module) -> None:
    """Weights that keep the numbers in range: what comes out has about the size of what went in."""
    for module in network.modules():
        for name, weight in module.named_parameters(recurse=False):
            if name == "bias":
                weight.zero_()
            elif weight.dim() < 2:
                weight.fill_(1)
            else:
                weight.uniform_(-1, 1).mul_((weight[0].numel()) ** -0.5)

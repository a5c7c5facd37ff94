"""Hunyuan-DiT. Reads English and Chinese. Torch-free."""

from __future__ import annotations

from .description import (
    T5_TOKENIZERS,
    TRANSFORMER_MEMORY,
    Capabilities,
    Defaults,
    Family,
    LatentFormat,
    TextEncoder,
    autoencoder,
    text_encoder,
    tokenizer,
    transformer,
    unused,
)
from .stable_diffusion import SAFETY_CHECKER, SCHEDULER

HUNYUAN_DIT = Family(
    name="Hunyuan-DiT",
    pipeline="HunyuanDiTPipeline",
    parts=(
        text_encoder("BertModel"),
        tokenizer("BertTokenizer", "BertTokenizerFast"),
        text_encoder("T5EncoderModel", name="text_encoder_2"),
        tokenizer(*T5_TOKENIZERS, name="tokenizer_2"),
        transformer("HunyuanDiT2DModel"),
        autoencoder("AutoencoderKL"),
        SCHEDULER,
        SAFETY_CHECKER,
        unused("feature_extractor", "transformers", "CLIPImageProcessor"),
    ),
    denoiser="transformer",
    autoencoder="vae",
    text_encoders=(
        TextEncoder("text_encoder", "tokenizer", None, frozenset({"bert"}), tokens=77, is_whole=False),
        TextEncoder("text_encoder_2", "tokenizer_2", None, frozenset({"t5", "mt5"}), tokens=256, values=1_500_000),
    ),
    scheduler="scheduler",
    latents=LatentFormat(channels=4, scale=0.13025, multiple=2, tiny="taesdxl"),
    memory=TRANSFORMER_MEMORY,
    defaults=Defaults(steps=30, guidance_scale=5.0, size=1024),
    capabilities=Capabilities(loras=False),
    languages=("en", "zh"),
    arguments={"use_resolution_binning": False},
    construction={"requires_safety_checker": False},
    width_keys=("num_attention_heads", "attention_head_dim"),
)

"""Tiny seeded diffusers pipelines: built in a fraction of a second, run in milliseconds.

Imports nothing of Safelight, so that a stock process can use it as the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import diffusers
import torch
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

Kind = Literal["epsilon", "v_prediction", "lcm"]
CLIP_TOKENIZER = Path(__file__).parent.parent / "resources/tokenizers/clip"
SIDE = 64  # px, the native size; one latent is 8×8 px, so 4×8×8 latents
WIDTH = 32  # of the text encoder
TOKENS = 77
SCALED_LINEAR = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}  # Stable Diffusion 1's
PUBLISHED = {  # Stable Diffusion 1.5's scheduler_config.json
    **SCALED_LINEAR,
    "_class_name": "PNDMScheduler",
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
    "clip_sample": False,
}
SHALLOW = {  # a UNet of one level without a middle, which still reads the prompt
    "block_out_channels": (16,),
    "down_block_types": ("CrossAttnDownBlock2D",),
    "mid_block_type": None,
    "up_block_types": ("UpBlock2D",),
}
BYTE_SYMBOLS = [chr(code) for code in (*range(33, 127), *range(161, 173), *range(174, 256), *range(256, 324))]  # GPT-2's, for 256 bytes
WORDS = "a an the of on in with mouse is playing guitar red rocket above castle at night beach cat and two pandas snow beautiful".split()


def pipeline(
    kind: Kind = "epsilon", seed: int = 0, autoencoder: Literal["kl", "tiny"] = "kl", zero_snr: bool = False, is_shallow: bool = False
) -> diffusers.StableDiffusionPipeline:
    """Stable Diffusion 1 in small, complete: `pipeline(prompt)` works. `lcm` is shaped like a distilled consistency model.

    If `is_shallow`, a step takes a third of the time: for what depends on the sampler, not on the network.
    """
    torch.manual_seed(seed)
    tokens = tokenizer()
    return quiet(
        diffusers.StableDiffusionPipeline(
            vae=_tiny_autoencoder() if autoencoder == "tiny" else _autoencoder(),
            text_encoder=_text_encoder(tokens),
            tokenizer=tokens,
            unet=_unet(time_cond_proj_dim=16 if kind == "lcm" else None, **(SHALLOW if is_shallow else {})),
            scheduler=_scheduler(kind, zero_snr),
            safety_checker=None,
            feature_extractor=None,
            image_encoder=None,
            requires_safety_checker=False,
        )
    )


def save_folder(
    path: Path, kind: Kind = "epsilon", seed: int = 0, autoencoder: Literal["kl", "tiny"] = "kl", zero_snr: bool = False
) -> Path:
    """The pipeline as a model folder in diffusers layout, safetensors throughout."""
    pipeline(kind, seed, autoencoder, zero_snr).save_pretrained(path)
    return path


def starter(path: Path, seed: int = 0) -> Path:
    """A model folder shaped as the bundled one: 256 px from latents 16×16×16, v-prediction, from pure noise in trailing steps."""
    torch.manual_seed(seed)
    tokens = tokenizer()
    diffusers.StableDiffusionPipeline(
        vae=_tiny_autoencoder(stages=5, latent_channels=16),
        text_encoder=_text_encoder(tokens),
        tokenizer=tokens,
        unet=_unet(sample_size=16, in_channels=16, out_channels=16),
        scheduler=_scheduler("v_prediction", zero_snr=True),
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    ).save_pretrained(path)
    return path


def tokenizer() -> CLIPTokenizer:
    """A real byte-level CLIP tokenizer: `WORDS` are one token each, everything else is spelt in bytes."""
    vocabulary = BYTE_SYMBOLS + [letter + "</w>" for letter in BYTE_SYMBOLS]
    merges: list[tuple[str, str]] = []
    for word in WORDS:
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:  # from the right, so that no word's merges spoil another's
            pair = (parts[-2], parts[-1])
            parts[-2:] = ["".join(pair)]
            if pair not in merges:
                merges.append(pair)
                vocabulary.append(parts[-1])
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={token: index for index, token in enumerate(vocabulary)}, merges=merges, model_max_length=TOKENS)


PLAYGROUND = {"latents_mean": [-1.6574, 1.886, -1.383, 2.5155], "latents_std": [8.4927, 5.9022, 6.5498, 5.2299]}


def pipeline_xl(
    seed: int = 0, autoencoder_scale: float = 0.13025, is_shallow: bool = False, is_edm: bool = False
) -> diffusers.StableDiffusionXLPipeline:
    """A complete tiny Stable Diffusion XL: two text encoders; the second pads with another token. `is_shallow` as in `pipeline`.

    If `is_edm`, it is as Playground 2.5: with another noise process, and statistics of the latents.
    """
    torch.manual_seed(seed)
    tokens, tokens_2 = tokenizer(), tokenizer()
    tokens_2.add_special_tokens({"pad_token": "!"})
    return quiet(
        diffusers.StableDiffusionXLPipeline(
            vae=_autoencoder(scaling_factor=autoencoder_scale, **(PLAYGROUND if is_edm else {})),
            text_encoder=_text_encoder(tokens),
            text_encoder_2=CLIPTextModelWithProjection(_text_encoder_config(tokens_2, projection_dim=WIDTH)).eval(),
            tokenizer=tokens,
            tokenizer_2=tokens_2,
            unet=_unet_xl(**(SHALLOW | {"attention_head_dim": 4, "transformer_layers_per_block": 1} if is_shallow else {})),
            scheduler=diffusers.EDMDPMSolverMultistepScheduler()
            if is_edm
            else diffusers.EulerDiscreteScheduler.from_config(
                {  # as published: with what other schedulers read
                    **SCALED_LINEAR,
                    "num_train_timesteps": 1000,
                    "timestep_spacing": "leading",
                    "steps_offset": 1,
                    "set_alpha_to_one": False,
                    "skip_prk_steps": True,
                    "clip_sample": False,
                }
            ),
            add_watermarker=False,
        )
    )


def save_folder_xl(path: Path, seed: int = 0) -> Path:
    pipeline_xl(seed).save_pretrained(path)
    return path


def refiner(seed: int = 1, is_shallow: bool = False) -> diffusers.StableDiffusionXLImg2ImgPipeline:
    """A complete tiny refiner of Stable Diffusion XL, as published: the second text encoder only, and a score for the looks."""
    torch.manual_seed(seed)
    tokens = tokenizer()
    tokens.add_special_tokens({"pad_token": "!"})
    differences = {"projection_class_embeddings_input_dim": 5 * 8 + WIDTH, "cross_attention_dim": WIDTH}
    shallow = SHALLOW | {"attention_head_dim": 4, "transformer_layers_per_block": 1} if is_shallow else {}
    return quiet(
        diffusers.StableDiffusionXLImg2ImgPipeline(
            vae=_autoencoder(scaling_factor=0.13025),
            text_encoder=None,
            text_encoder_2=CLIPTextModelWithProjection(_text_encoder_config(tokens, projection_dim=WIDTH)).eval(),
            tokenizer=None,
            tokenizer_2=tokens,
            unet=_unet_xl(**shallow, **differences),
            scheduler=pipeline_xl(is_shallow=True).scheduler,
            requires_aesthetics_score=True,
            force_zeros_for_empty_prompt=False,
            add_watermarker=False,
        )
    )


def single_file_parts(kind: str, seed: int = 0) -> dict[str, Any]:
    """The networks of a tiny Stable Diffusion "1", "2", "xl" or "refiner" with the heads and groups of the real ones.

    Shapes tell the rest.
    """
    torch.manual_seed(seed)
    wide = {"block_out_channels": (32, 64), "norm_num_groups": 32}
    width = 128 if kind == "2" else 64
    words = {"vocab_size": 49408, "hidden_size": width, "intermediate_size": 37, "num_hidden_layers": 2, "num_attention_heads": width // 64}
    words |= {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1}
    first = CLIPTextModel(CLIPTextConfig(**words, hidden_act="gelu" if kind == "2" else "quick_gelu")).eval()
    parts: dict[str, Any] = {"vae": _autoencoder(block_out_channels=(32, 32, 32, 32), norm_num_groups=32), "text_encoder": first}
    if kind in ("xl", "refiner"):
        second = CLIPTextConfig(**words | {"hidden_size": 128, "num_attention_heads": 2}, hidden_act="gelu", projection_dim=48)
        parts["text_encoder_2"] = CLIPTextModelWithProjection(second).eval()
        more = {"attention_head_dim": (1, 1), "projection_class_embeddings_input_dim": 6 * 8 + 48, "cross_attention_dim": 64 + 128}
        if kind == "refiner":
            del parts["text_encoder"]
            more |= {"projection_class_embeddings_input_dim": 5 * 8 + 48, "cross_attention_dim": 128}
        parts["unet"] = _unet_xl(**wide, **more)
    else:
        heads = {"attention_head_dim": (1, 1), "use_linear_projection": True} if kind == "2" else {"attention_head_dim": 8}
        parts["unet"] = _unet(**wide, **heads, cross_attention_dim=width, layers_per_block=2)
    return parts


def save_single_file_folder(path: Path, kind: str, seed: int = 0) -> Path:
    """The networks of `single_file_parts` as a model folder, of Stable Diffusion 1 or 2."""
    pipeline = diffusers.StableDiffusionPipeline(
        **single_file_parts(kind, seed),
        tokenizer=CLIPTokenizer.from_pretrained(CLIP_TOKENIZER),
        scheduler=_scheduler("epsilon", False),
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(path)
    return path


def _scheduler(kind: Kind, zero_snr: bool) -> Any:
    if kind == "lcm":
        return diffusers.LCMScheduler(clip_sample=False, steps_offset=1, **SCALED_LINEAR)
    if kind == "v_prediction":
        return diffusers.DDIMScheduler(
            prediction_type=kind,
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
            timestep_spacing="trailing",
            rescale_betas_zero_snr=zero_snr,
            **SCALED_LINEAR,
        )
    return diffusers.PNDMScheduler.from_config(PUBLISHED)


def _unet(**differences: Any) -> diffusers.UNet2DConditionModel:
    return diffusers.UNet2DConditionModel(
        **{
            "sample_size": SIDE // 8,
            "in_channels": 4,
            "out_channels": 4,
            "layers_per_block": 1,
            "block_out_channels": (16, 32),
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
            "cross_attention_dim": WIDTH,
            "attention_head_dim": 8,
            "norm_num_groups": 8,
        }
        | differences
    ).eval()


def _autoencoder(**differences: Any) -> diffusers.AutoencoderKL:
    return diffusers.AutoencoderKL(
        **{
            "sample_size": SIDE,
            "block_out_channels": (8, 8, 8, 8),
            "down_block_types": ("DownEncoderBlock2D",) * 4,
            "up_block_types": ("UpDecoderBlock2D",) * 4,
            "latent_channels": 4,
            "norm_num_groups": 4,
        }
        | differences
    ).eval()


def _tiny_autoencoder(stages: int = 4, **differences: Any) -> diffusers.AutoencoderTiny:
    """Every stage but the first halves the sides."""
    return diffusers.AutoencoderTiny(
        encoder_block_out_channels=(8,) * stages,
        decoder_block_out_channels=(8,) * stages,
        num_encoder_blocks=(1,) * stages,
        num_decoder_blocks=(1,) * stages,
        **differences,
    ).eval()


def _unet_xl(**differences: Any) -> diffusers.UNet2DConditionModel:
    return _unet(
        **{
            "attention_head_dim": (2, 4),
            "use_linear_projection": True,
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 8,
            "transformer_layers_per_block": (1, 2),
            "projection_class_embeddings_input_dim": 6 * 8 + WIDTH,
            "cross_attention_dim": 2 * WIDTH,
        }
        | differences
    )


def _text_encoder(tokens: CLIPTokenizer) -> CLIPTextModel:
    return CLIPTextModel(_text_encoder_config(tokens)).eval()


def _text_encoder_config(tokens: CLIPTokenizer, **differences: Any) -> CLIPTextConfig:
    return CLIPTextConfig(
        **{
            "hidden_size": WIDTH,
            "intermediate_size": 37,
            "num_attention_heads": 4,
            "num_hidden_layers": 2,
            "vocab_size": len(tokens),
            "max_position_embeddings": TOKENS,
            "bos_token_id": tokens.bos_token_id,
            "eos_token_id": tokens.eos_token_id,
            "pad_token_id": tokens.pad_token_id,
        }
        | differences
    )


def quiet(pipeline: Any) -> Any:
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


# -- other families, for what must not depend on Stable Diffusion


@dataclass(frozen=True)
class Family:
    """A pipeline and one stock call of it; the result is what the call returns as images, a tensor."""

    pipeline: Any
    call: Callable[[torch.Generator], torch.Tensor]


def stable_diffusion_xl(seed: int = 0) -> Family:
    torch.manual_seed(seed)
    unet = _unet_xl()
    second = CLIPTextModelWithProjection(
        CLIPTextConfig(
            hidden_size=32,
            intermediate_size=37,
            num_attention_heads=4,
            num_hidden_layers=2,
            vocab_size=100,
            projection_dim=32,
            bos_token_id=0,
            eos_token_id=2,
        )
    ).eval()
    pipeline = quiet(
        diffusers.StableDiffusionXLPipeline(
            vae=_autoencoder(),
            text_encoder=None,
            text_encoder_2=second,
            tokenizer=None,
            tokenizer_2=None,
            unet=unet,
            scheduler=diffusers.EulerAncestralDiscreteScheduler(**SCALED_LINEAR),
        )
    )
    return Family(
        pipeline,
        lambda generator: (
            pipeline(
                prompt_embeds=noise(1, 77, 64),
                negative_prompt_embeds=noise(2, 77, 64),
                pooled_prompt_embeds=noise(3, 32),
                negative_pooled_prompt_embeds=noise(4, 32),
                num_inference_steps=5,
                generator=generator,
                height=SIDE,
                width=SIDE,
                output_type="latent",
            ).images
        ),
    )


def flux(seed: int = 0) -> Family:
    torch.manual_seed(seed)
    transformer = diffusers.FluxTransformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=[4, 4, 8],
    ).eval()
    vae = diffusers.AutoencoderKL(
        sample_size=32,
        block_out_channels=(4,),
        layers_per_block=1,
        latent_channels=1,
        norm_num_groups=1,
        use_quant_conv=False,
        use_post_quant_conv=False,
        shift_factor=0.0609,
        scaling_factor=1.5035,
    ).eval()
    pipeline = quiet(
        diffusers.FluxPipeline(
            scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
            vae=vae,
            text_encoder=None,
            tokenizer=None,
            text_encoder_2=None,
            tokenizer_2=None,
            transformer=transformer,
        )
    )
    return Family(
        pipeline,
        lambda generator: (
            pipeline(
                prompt_embeds=noise(1, 8, 32),
                pooled_prompt_embeds=noise(3, 32),
                num_inference_steps=5,
                generator=generator,
                height=16,
                width=16,
                output_type="latent",
            ).images
        ),
    )


def pixart(seed: int = 0) -> Family:
    torch.manual_seed(seed)
    transformer = diffusers.PixArtTransformer2DModel(
        sample_size=8,
        num_layers=1,
        patch_size=2,
        attention_head_dim=8,
        num_attention_heads=3,
        caption_channels=32,
        in_channels=4,
        cross_attention_dim=24,
        out_channels=8,
        attention_bias=True,
        activation_fn="gelu-approximate",
        num_embeds_ada_norm=1000,
        norm_type="ada_norm_single",
        norm_elementwise_affine=False,
        norm_eps=1e-6,
    ).eval()
    pipeline = quiet(
        diffusers.PixArtAlphaPipeline(
            tokenizer=None,
            text_encoder=None,
            vae=_autoencoder(),
            transformer=transformer,
            scheduler=diffusers.DPMSolverMultistepScheduler(**SCALED_LINEAR),
        )
    )
    mask = torch.ones(1, 8)
    return Family(
        pipeline,
        lambda generator: (
            pipeline(
                prompt=None,
                negative_prompt=None,
                prompt_embeds=noise(1, 8, 32),
                prompt_attention_mask=mask,
                negative_prompt_embeds=noise(2, 8, 32),
                negative_prompt_attention_mask=mask,
                num_inference_steps=5,
                generator=generator,
                height=SIDE,
                width=SIDE,
                use_resolution_binning=False,
                output_type="latent",
            ).images
        ),
    )


def ddpm(seed: int = 0) -> Family:
    """Unconditional, in pixel space: no text, no autoencoder, no callback, no latents argument."""
    torch.manual_seed(seed)
    unet = diffusers.UNet2DModel(
        sample_size=16,
        in_channels=3,
        out_channels=3,
        layers_per_block=1,
        block_out_channels=(16, 32),
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=8,
    ).eval()
    pipeline = quiet(diffusers.DDPMPipeline(unet=unet, scheduler=diffusers.DDPMScheduler()))
    return Family(
        pipeline, lambda generator: torch.from_numpy(pipeline(num_inference_steps=5, generator=generator, output_type="np").images)
    )


FAMILIES = {"Stable Diffusion XL": stable_diffusion_xl, "FLUX": flux, "PixArt": pixart, "DDPM": ddpm}


def noise(seed: int, *shape: int) -> torch.Tensor:
    """1×shape, the same on every call."""
    return torch.randn(1, *shape, generator=torch.Generator().manual_seed(seed))

"""Tiny random pipelines of classes whose loops differ: several stages or denoisers, caches, tokens, pixels. Built in milliseconds.

Imports nothing of Safelight. The sizes follow diffusers' own tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import diffusers
import numpy as np
import PIL.Image
import torch
from transformers import CLIPTextConfig, CLIPTextModelWithProjection

from tests import tiny
from tests.tiny import SCALED_LINEAR, Family, noise, quiet

STEPS = 4


def images(pipeline: Any, **arguments: Any) -> Family:
    """A call that returns its first output as a tensor."""

    def call(generator: torch.Generator) -> torch.Tensor:
        returned = pipeline(**{"num_inference_steps": STEPS, "output_type": "latent", **arguments}, generator=generator, return_dict=False)
        first = returned[0]
        return torch.from_numpy(first) if isinstance(first, np.ndarray) else first

    return Family(quiet(pipeline), call)


def picture(side: int = 32) -> PIL.Image.Image:
    return PIL.Image.fromarray(np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8))


PROMPT = {"prompt_embeds": noise(1, 77, 32), "negative_prompt_embeds": noise(2, 77, 32)}


def stable_diffusion(kind: str, scheduler: Any, **parts: Any) -> Any:
    """A Stable Diffusion pipeline class of this name with a UNet of one level."""
    whole = tiny.pipeline(is_shallow=True)
    held = {**whole.components, "scheduler": scheduler, "text_encoder": None, "tokenizer": None, **parts}
    return getattr(diffusers, kind)(**held, requires_safety_checker=False)


def image_to_image(scheduler: Any) -> Family:
    return images(
        stable_diffusion("StableDiffusionImg2ImgPipeline", scheduler), image=picture(64), strength=0.6, num_inference_steps=8, **PROMPT
    )


def inpaint() -> Family:
    mask = PIL.Image.fromarray((np.arange(64 * 64).reshape(64, 64) % 64 > 31).astype(np.uint8) * 255)
    made = stable_diffusion("StableDiffusionInpaintPipeline", diffusers.EulerDiscreteScheduler(**SCALED_LINEAR))
    return images(made, image=picture(64), mask_image=mask, height=64, width=64, **PROMPT)


def controlnet() -> Family:
    torch.manual_seed(1)
    whole = tiny.pipeline()
    network = diffusers.ControlNetModel.from_unet(whole.unet).eval()
    torch.nn.init.normal_(network.controlnet_down_blocks[0].weight)
    scheduler = diffusers.UniPCMultistepScheduler(**SCALED_LINEAR)
    held = {**whole.components, "text_encoder": None, "tokenizer": None, "controlnet": network, "scheduler": scheduler}
    made = diffusers.StableDiffusionControlNetPipeline(**held, requires_safety_checker=False)
    return images(made, image=picture(64), height=64, width=64, **PROMPT)


def latent_consistency() -> Family:
    whole = tiny.pipeline(kind="lcm")
    held = {**whole.components, "text_encoder": None, "tokenizer": None}
    made = diffusers.LatentConsistencyModelPipeline(**held, requires_safety_checker=False)
    return images(made, prompt_embeds=noise(1, 77, 32), height=64, width=64)


def kandinsky_unet(**differences: Any) -> Any:
    return diffusers.UNet2DConditionModel(
        **{
            "in_channels": 4,
            "out_channels": 8,
            "addition_embed_type": "image",
            "down_block_types": ("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
            "up_block_types": ("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
            "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
            "block_out_channels": (32, 64),
            "layers_per_block": 1,
            "encoder_hid_dim": 32,
            "encoder_hid_dim_type": "image_proj",
            "cross_attention_dim": 32,
            "attention_head_dim": 4,
            "resnet_time_scale_shift": "scale_shift",
            "class_embed_type": None,
        }
        | differences
    ).eval()


def prior_network() -> Any:
    made = diffusers.PriorTransformer(
        num_attention_heads=2, attention_head_dim=12, embedding_dim=32, num_layers=1, additional_embeddings=4
    ).eval()
    torch.nn.init.ones_(made.clip_std)
    return made


def clip_text(**differences: Any) -> Any:
    tokens = tiny.tokenizer()
    return CLIPTextModelWithProjection(
        CLIPTextConfig(
            **{
                "hidden_size": 32,
                "projection_dim": 32,
                "intermediate_size": 37,
                "num_attention_heads": 4,
                "num_hidden_layers": 1,
                "vocab_size": len(tokens),
                "bos_token_id": tokens.bos_token_id,
                "eos_token_id": tokens.eos_token_id,
                "pad_token_id": tokens.pad_token_id,
            }
            | differences
        )
    ).eval()


def kandinsky_2_2() -> Family:
    """Two pipelines in one: a prior that makes the embedding of a picture, and a decoder."""
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(0)
    vision = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=32,
            image_size=32,
            projection_dim=32,
            intermediate_size=37,
            num_attention_heads=4,
            num_hidden_layers=1,
            patch_size=16,
        )
    ).eval()
    made = diffusers.KandinskyV22CombinedPipeline(
        unet=kandinsky_unet(),
        scheduler=diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, thresholding=False),
        movq=diffusers.VQModel(
            block_out_channels=[32] * 4,
            down_block_types=[*["DownEncoderBlock2D"] * 3, "AttnDownEncoderBlock2D"],
            up_block_types=["AttnUpDecoderBlock2D", *["UpDecoderBlock2D"] * 3],
            layers_per_block=1,
            latent_channels=4,
            norm_type="spatial",
            num_vq_embeddings=12,
            vq_embed_dim=4,
        ).eval(),
        prior_prior=prior_network(),
        prior_image_encoder=vision,
        prior_text_encoder=clip_text(),
        prior_tokenizer=tiny.tokenizer(),
        prior_scheduler=diffusers.UnCLIPScheduler(
            variance_type="fixed_small_log", prediction_type="sample", num_train_timesteps=1000, clip_sample_range=10.0
        ),
        prior_image_processor=CLIPImageProcessor(crop_size=32, do_resize=True, size=32),
    )
    made.prior_pipe.set_progress_bar_config(disable=True)
    made.decoder_pipe.set_progress_bar_config(disable=True)
    return images(made, prompt="a mouse", prior_num_inference_steps=3, height=8, width=8)


def unclip() -> Family:
    """Prior, decoder and an upscaler of two networks, each with a scheduler."""
    from diffusers.pipelines.deprecated.unclip import UnCLIPPipeline
    from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel

    torch.manual_seed(0)

    def upscaler() -> Any:
        return diffusers.UNet2DModel(
            sample_size=32,
            layers_per_block=1,
            down_block_types=("ResnetDownsampleBlock2D", "ResnetDownsampleBlock2D"),
            up_block_types=("ResnetUpsampleBlock2D", "ResnetUpsampleBlock2D"),
            block_out_channels=(32, 32),
            in_channels=6,
            out_channels=3,
        ).eval()

    decoder = diffusers.UNet2DConditionModel(
        sample_size=16,
        in_channels=3,
        out_channels=6,
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        block_out_channels=(32, 64),
        layers_per_block=1,
        cross_attention_dim=16,
        attention_head_dim=4,
        resnet_time_scale_shift="scale_shift",
        class_embed_type="identity",
    ).eval()
    made = UnCLIPPipeline(
        prior=prior_network(),
        decoder=decoder,
        text_encoder=clip_text(),
        tokenizer=tiny.tokenizer(),
        text_proj=UnCLIPTextProjModel(clip_embeddings_dim=32, time_embed_dim=128, cross_attention_dim=16).eval(),
        super_res_first=upscaler(),
        super_res_last=upscaler(),
        prior_scheduler=diffusers.UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="sample", clip_sample_range=5.0),
        decoder_scheduler=diffusers.UnCLIPScheduler(variance_type="learned_range", prediction_type="epsilon"),
        super_res_scheduler=diffusers.UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="epsilon"),
    )
    steps = {"prior_num_inference_steps": 2, "decoder_num_inference_steps": 2, "super_res_num_inference_steps": 2}
    return Family(
        quiet(made), lambda generator: torch.from_numpy(made(prompt="a mouse", **steps, generator=generator, output_type="np").images)
    )


def cascade_unet(**differences: Any) -> Any:
    return diffusers.models.StableCascadeUNet(
        **{
            "conditioning_dim": 32,
            "block_out_channels": (16, 32),
            "num_attention_heads": (0, 2),
            "down_num_layers_per_block": (1, 1),
            "up_num_layers_per_block": (1, 1),
            "down_blocks_repeat_mappers": (1, 1),
            "up_blocks_repeat_mappers": (1, 1),
            "block_types_per_layer": (("SDCascadeResBlock", "SDCascadeTimestepBlock"), ("SDCascadeResBlock", "SDCascadeTimestepBlock")),
            "dropout": (0.0, 0.0),
            "self_attn": False,
            "switch_level": (False,),
        }
        | differences
    ).eval()


def stable_cascade() -> Family:
    """The scheduler tells no prediction type: its estimate is unknown. Its last timestep is no call."""
    torch.manual_seed(0)
    made = diffusers.StableCascadePriorPipeline(
        tokenizer=None,
        text_encoder=clip_text(),
        prior=cascade_unet(
            in_channels=16,
            out_channels=16,
            conditioning_dim=16,
            clip_image_in_channels=32,
            clip_text_in_channels=32,
            clip_text_pooled_in_channels=32,
            timestep_conditioning_type=("sca", "crp"),
            switch_level=(False,),
        ),
        scheduler=diffusers.DDPMWuerstchenScheduler(),
    )
    pooled = {"prompt_embeds_pooled": noise(3, 1, 32), "negative_prompt_embeds_pooled": noise(4, 1, 32)}
    return Family(
        quiet(made),
        lambda generator: (
            made(
                **PROMPT, **pooled, height=256, width=256, num_inference_steps=STEPS, generator=generator, output_type="pt"
            ).image_embeddings
        ),
    )


def deepfloyd_unet(**differences: Any) -> Any:
    return diffusers.UNet2DConditionModel(
        **{
            "sample_size": 8,
            "layers_per_block": 1,
            "block_out_channels": [32, 64],
            "down_block_types": ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"],
            "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
            "up_block_types": ["SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"],
            "in_channels": 3,
            "out_channels": 6,
            "cross_attention_dim": 32,
            "encoder_hid_dim": 32,
            "attention_head_dim": 8,
            "addition_embed_type": "text",
            "addition_embed_type_num_heads": 2,
            "cross_attention_norm": "group_norm",
            "resnet_time_scale_shift": "scale_shift",
            "act_fn": "gelu",
            "norm_num_groups": 8,
        }
        | differences
    ).eval()


def deepfloyd(kind: str = "IFPipeline", **arguments: Any) -> Family:
    """Pixels with learned variances; the second stage draws noise for the picture that it enlarges from a scheduler of its own."""
    torch.manual_seed(0)
    betas = {"beta_schedule": "squaredcos_cap_v2", "beta_start": 1e-4, "beta_end": 0.02}
    is_second = kind == "IFSuperResolutionPipeline"
    further = {"image_noising_scheduler": diffusers.DDPMScheduler(**betas)} if is_second else {}
    made = getattr(diffusers, kind)(
        tokenizer=None,
        text_encoder=None,
        unet=deepfloyd_unet(in_channels=6, class_embed_type="timestep") if is_second else deepfloyd_unet(),
        scheduler=diffusers.DDPMScheduler(
            **betas, thresholding=True, dynamic_thresholding_ratio=0.95, sample_max_value=1.0, variance_type="learned_range"
        ),
        safety_checker=None,
        feature_extractor=None,
        watermarker=None,
        requires_safety_checker=False,
        **further,
    )
    return images(made, prompt_embeds=noise(1, 8, 32), negative_prompt_embeds=noise(2, 8, 32), **arguments)


def deepfloyd_upscaler() -> Family:
    return deepfloyd("IFSuperResolutionPipeline", image=noise(3, 3, 8, 8).clamp(-1, 1), height=16, width=16)


def flux(scheduler: Any = None, **arguments: Any) -> Family:
    """With a negative prompt the denoiser is called twice."""
    held = {**tiny.flux().pipeline.components}
    made = diffusers.FluxPipeline(**held | ({"scheduler": scheduler} if scheduler else {}))
    return images(made, prompt_embeds=noise(1, 8, 32), pooled_prompt_embeds=noise(3, 32), height=16, width=16, **arguments)


def flux_guided() -> Family:
    return flux(negative_prompt_embeds=noise(5, 8, 32), negative_pooled_prompt_embeds=noise(6, 32), true_cfg_scale=4.0)


def flux_2(kind: str, **arguments: Any) -> Family:
    """Klein unpacks its latents after the last step; with `KV` the first call fills a cache of the reference picture."""
    torch.manual_seed(0)
    made = getattr(diffusers, kind)(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=diffusers.AutoencoderKLFlux2(
            sample_size=32,
            down_block_types=("DownEncoderBlock2D",),
            up_block_types=("UpDecoderBlock2D",),
            block_out_channels=(4,),
            layers_per_block=1,
            latent_channels=1,
            norm_num_groups=1,
            use_quant_conv=False,
            use_post_quant_conv=False,
        ).eval(),
        text_encoder=None,
        tokenizer=None,
        transformer=diffusers.Flux2Transformer2DModel(
            patch_size=1,
            in_channels=4,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            timestep_guidance_channels=256,
            axes_dims_rope=[4, 4, 4, 4],
            guidance_embeds=False,
        ).eval(),
    )
    return images(made, prompt_embeds=noise(1, 8, 16), height=16, width=16, **arguments)


class Processor:
    """As much of a processor as the pipeline needs for prompts that are encoded already."""

    @property
    def tokenizer(self) -> Processor:
        return self

    def encode(self, text: str) -> list[int]:
        return [0]

    def apply_chat_template(self, messages: object, **options: object) -> list[list[int]]:
        return [[0]]


def qwen_2_1() -> Family:
    """Its first call fills the caches of the prompt and of the negative prompt."""
    torch.manual_seed(0)
    vae = diffusers.AutoencoderKLQwenImage21(
        base_dim=8, decoder_base_dim=8, z_dim=4, dim_mult=[1] * 5, num_res_blocks=1, latents_mean=[0.0] * 4, latents_std=[1.0] * 4
    )
    made = diffusers.QwenImage21Pipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=vae.eval(),
        text_encoder=None,
        processor=Processor(),
        transformer=diffusers.QwenImage21Transformer2DModel(
            patch_size=1,
            in_channels=4,
            out_channels=4,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            context_in_dim=16,
            axes_dims_rope=(8, 4, 4),
        ).eval(),
    )
    mask = torch.ones(1, 8, dtype=torch.long)
    return images(
        made,
        prompt_embeds=noise(1, 8, 16),
        prompt_embeds_mask=mask,
        negative_prompt_embeds=noise(2, 8, 16),
        negative_prompt_embeds_mask=mask,
        true_cfg_scale=3.0,
        height=64,
        width=64,
    )


def stable_diffusion_3(scheduler: Any) -> Family:
    """The pipeline gives its scheduler no generator."""
    torch.manual_seed(0)
    made = diffusers.StableDiffusion3Pipeline(
        transformer=diffusers.SD3Transformer2DModel(
            sample_size=32,
            patch_size=1,
            in_channels=4,
            num_layers=1,
            attention_head_dim=8,
            num_attention_heads=4,
            caption_projection_dim=32,
            joint_attention_dim=32,
            pooled_projection_dim=64,
            out_channels=4,
        ).eval(),
        scheduler=scheduler,
        vae=diffusers.AutoencoderKL(
            sample_size=32, block_out_channels=(4,), latent_channels=4, norm_num_groups=1, shift_factor=0.0609, scaling_factor=1.5035
        ).eval(),
        text_encoder=None,
        tokenizer=None,
        text_encoder_2=None,
        tokenizer_2=None,
        text_encoder_3=None,
        tokenizer_3=None,
    )
    pooled = {"pooled_prompt_embeds": noise(3, 64), "negative_pooled_prompt_embeds": noise(4, 64)}
    return images(made, prompt_embeds=noise(1, 8, 32), negative_prompt_embeds=noise(2, 8, 32), **pooled, height=16, width=16)


def hidream() -> Family:
    """Its pipeline negates what the network predicts."""
    torch.manual_seed(0)
    network = diffusers.HiDreamImageTransformer2DModel(
        patch_size=2,
        in_channels=4,
        out_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_channels=[32, 16],
        text_emb_dim=64,
        num_routed_experts=4,
        num_activated_experts=2,
        axes_dims_rope=(4, 2, 2),
        max_resolution=(32, 32),
        llama_layers=(0, 0),
    ).eval()
    for gate in (module for module in network.modules() if hasattr(module, "gating_dim")):
        torch.nn.init.normal_(gate.weight)
    made = diffusers.HiDreamImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=diffusers.AutoencoderKL(block_out_channels=(8,), norm_num_groups=4, scaling_factor=0.3611, shift_factor=0.1159).eval(),
        text_encoder=None,
        tokenizer=None,
        text_encoder_2=None,
        tokenizer_2=None,
        text_encoder_3=None,
        tokenizer_3=None,
        text_encoder_4=None,
        tokenizer_4=None,
        transformer=network,
    )
    made.default_sample_size = 8
    return images(
        made,
        prompt_embeds_t5=noise(1, 8, 32),
        negative_prompt_embeds_t5=noise(2, 8, 32),
        prompt_embeds_llama3=noise(3, 8, 16)[None],
        negative_prompt_embeds_llama3=noise(4, 8, 16)[None],
        pooled_prompt_embeds=noise(5, 64),
        negative_pooled_prompt_embeds=noise(6, 64),
        height=32,
        width=32,
    )


def hunyuan_image() -> Family:
    """Its guider adds up what it has seen in earlier steps."""
    torch.manual_seed(0)
    made = diffusers.HunyuanImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
        vae=diffusers.AutoencoderKLHunyuanImage(
            in_channels=3,
            out_channels=3,
            latent_channels=4,
            block_out_channels=(32, 32),
            layers_per_block=1,
            spatial_compression_ratio=2,
            sample_size=16,
            scaling_factor=0.476986,
        ).eval(),
        text_encoder=None,
        tokenizer=None,
        text_encoder_2=None,
        tokenizer_2=None,
        transformer=diffusers.HunyuanImageTransformer2DModel(
            in_channels=4,
            out_channels=4,
            num_attention_heads=4,
            attention_head_dim=8,
            num_layers=1,
            num_single_layers=1,
            num_refiner_layers=1,
            patch_size=(1, 1),
            text_embed_dim=32,
            text_embed_2_dim=32,
            rope_axes_dim=(4, 4),
        ).eval(),
        guider=diffusers.AdaptiveProjectedMixGuidance(adaptive_projected_guidance_start_step=0),
    )
    mask = torch.ones(1, 8, dtype=torch.long)
    prompts = {"prompt_embeds": noise(1, 8, 32), "prompt_embeds_2": noise(3, 8, 32)}
    negative = {"negative_prompt_embeds": noise(2, 8, 32), "negative_prompt_embeds_2": noise(4, 8, 32)}
    masks = dict.fromkeys(
        ("prompt_embeds_mask", "prompt_embeds_mask_2", "negative_prompt_embeds_mask", "negative_prompt_embeds_mask_2"), mask
    )
    return images(made, **prompts, **negative, **masks, height=16, width=16)


def z_image() -> Family:
    """Its network takes and returns lists, and its pipeline negates what it predicts."""
    torch.manual_seed(0)
    network = diffusers.ZImageTransformer2DModel(
        all_patch_size=(2,),
        all_f_patch_size=(1,),
        in_channels=16,
        dim=32,
        n_layers=1,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        qk_norm=True,
        cap_feat_dim=16,
        rope_theta=256.0,
        t_scale=1000.0,
        axes_dims=[8, 4, 4],
        axes_lens=[256, 32, 32],
    ).eval()
    for token in (network.x_pad_token, network.cap_pad_token):
        torch.nn.init.ones_(token)
    made = diffusers.ZImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=diffusers.AutoencoderKL(block_out_channels=(8,), latent_channels=16, norm_num_groups=4).eval(),
        text_encoder=None,
        tokenizer=None,
        transformer=network,
    )
    prompts = {"prompt_embeds": [noise(1, 8, 16)[0]], "negative_prompt_embeds": [noise(2, 8, 16)[0]]}
    return images(made, prompt=None, **prompts, guidance_scale=3.0, height=32, width=32)


def sana_sprint() -> Family:
    """Its timesteps are angles; the pipeline returns the estimate."""
    torch.manual_seed(0)
    made = diffusers.SanaSprintPipeline(
        tokenizer=None,
        text_encoder=None,
        vae=diffusers.AutoencoderTiny(latent_channels=4).eval(),
        transformer=diffusers.SanaTransformer2DModel(
            patch_size=1,
            in_channels=4,
            out_channels=4,
            num_layers=1,
            num_attention_heads=2,
            attention_head_dim=4,
            num_cross_attention_heads=2,
            cross_attention_head_dim=4,
            cross_attention_dim=8,
            caption_channels=8,
            sample_size=32,
            qk_norm="rms_norm_across_heads",
            guidance_embeds=True,
        ).eval(),
        scheduler=diffusers.SCMScheduler(),
    )
    mask = torch.ones(1, 8)
    arguments = {"prompt_embeds": noise(1, 8, 8), "prompt_attention_mask": mask, "intermediate_timesteps": None}
    return images(made, **arguments, height=64, width=64, use_resolution_binning=False)


def amused() -> Family:
    """Tokens in place of latents."""
    torch.manual_seed(0)
    network = diffusers.UVit2DModel(
        hidden_size=8,
        use_bias=False,
        hidden_dropout=0.0,
        cond_embed_dim=32,
        micro_cond_encode_dim=2,
        micro_cond_embed_dim=10,
        encoder_hidden_size=32,
        vocab_size=32,
        codebook_size=32,
        in_channels=8,
        block_out_channels=8,
        num_res_blocks=1,
        downsample=True,
        upsample=True,
        block_num_heads=1,
        num_hidden_layers=1,
        num_attention_heads=1,
        attention_dropout=0.0,
        intermediate_size=8,
        layer_norm_eps=1e-6,
        ln_elementwise_affine=True,
    ).eval()
    made = diffusers.AmusedPipeline(
        vqvae=diffusers.VQModel(
            block_out_channels=(8,),
            layers_per_block=1,
            latent_channels=8,
            norm_num_groups=8,
            num_vq_embeddings=32,
            sample_size=8,
            mid_block_add_attention=False,
            lookup_from_codebook=True,
        ).eval(),
        tokenizer=None,
        text_encoder=None,
        transformer=network,
        scheduler=diffusers.AmusedScheduler(mask_token_id=31),
    )
    prompts = {"prompt_embeds": noise(1, 32), "encoder_hidden_states": noise(2, 8, 32)}
    negative = {"negative_prompt_embeds": noise(3, 32), "negative_encoder_hidden_states": noise(4, 8, 32)}
    return images(made, **prompts, **negative, height=16, width=16)


def consistency_model() -> Family:
    torch.manual_seed(0)
    made = diffusers.ConsistencyModelPipeline(
        unet=diffusers.UNet2DModel(
            sample_size=16,
            layers_per_block=1,
            block_out_channels=(16, 32),
            down_block_types=("DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D"),
            norm_num_groups=8,
        ).eval(),
        scheduler=diffusers.CMStochasticIterativeScheduler(num_train_timesteps=40),
    )
    return images(made, output_type="pt")


def xl(kind: str) -> Any:
    whole = tiny.pipeline_xl(is_shallow=True)
    parts = {**whole.components, "text_encoder": None, "tokenizer": None, "tokenizer_2": None}
    parts["scheduler"] = diffusers.EulerDiscreteScheduler(**SCALED_LINEAR)
    return quiet(getattr(diffusers, kind)(**parts, add_watermarker=False))


PROMPT_XL = {
    "prompt_embeds": noise(1, 77, 64),
    "negative_prompt_embeds": noise(2, 77, 64),
    "pooled_prompt_embeds": noise(3, 32),
    "negative_pooled_prompt_embeds": noise(4, 32),
}

PIPELINES: dict[str, Callable[[], Family]] = {
    "image to image, DDPM": lambda: image_to_image(diffusers.DDPMScheduler(**SCALED_LINEAR)),
    "image to image, Heun": lambda: image_to_image(diffusers.HeunDiscreteScheduler(**SCALED_LINEAR)),
    "inpainting": inpaint,
    "ControlNet": controlnet,
    "latent consistency model": latent_consistency,
    "Kandinsky 2.2": kandinsky_2_2,
    "UnCLIP": unclip,
    "Stable Cascade prior": stable_cascade,
    "DeepFloyd IF": deepfloyd,
    "DeepFloyd IF, second stage": deepfloyd_upscaler,
    "FLUX.1, negative prompt": flux_guided,
    "FLUX.2 Klein": lambda: flux_2("Flux2KleinPipeline", guidance_scale=1.0),
    "FLUX.2 Klein, negative prompt": lambda: flux_2("Flux2KleinPipeline", negative_prompt_embeds=noise(2, 8, 16), guidance_scale=3.0),
    "FLUX.2 Klein KV": lambda: flux_2("Flux2KleinKVPipeline", image=picture(64)),
    "Qwen-Image 2.1": qwen_2_1,
    "Stable Diffusion 3, LCM": lambda: stable_diffusion_3(diffusers.FlowMatchLCMScheduler()),
    "Stable Diffusion 3, stochastic": lambda: stable_diffusion_3(diffusers.FlowMatchEulerDiscreteScheduler(stochastic_sampling=True)),
    "Stable Diffusion 3, ancestral": lambda: stable_diffusion_3(diffusers.LTXEulerAncestralRFScheduler()),
    "Stable Diffusion 3, SA-Solver": lambda: stable_diffusion_3(
        diffusers.SASolverScheduler(use_flow_sigmas=True, prediction_type="flow_prediction")
    ),
    "HiDream": hidream,
    "Z-Image": z_image,
    "Sana Sprint": sana_sprint,
    "aMUSEd": amused,
    "consistency model": consistency_model,
}

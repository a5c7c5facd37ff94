"""A tiny random pipeline of every described family, in the real on-disk format; each takes some milliseconds to run.

Imports nothing of Safelight, so that a stock pipeline can be the reference.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import diffusers
import sentencepiece
import torch
import transformers
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from diffusers.pipelines.deprecated.wuerstchen.modeling_paella_vq_model import PaellaVQModel
from diffusers.pipelines.kolors.text_encoder import ChatGLMConfig, ChatGLMModel
from diffusers.pipelines.kolors.tokenizer import ChatGLMTokenizer

from tests import tiny, tiny_pipelines

SIDE = 64  # px; the pictures are SIDE × TALL
TALL = 96
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}{{ message['content'][0]['text'] }}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
FLOW = {"num_train_timesteps": 1000, "shift": 3.0}
SHIFTED = {  # FLUX.1-dev's scheduler_config.json
    "base_image_seq_len": 256,
    "base_shift": 0.5,
    "max_image_seq_len": 4096,
    "max_shift": 1.15,
    "num_train_timesteps": 1000,
    "shift": 3.0,
    "use_dynamic_shifting": True,
}


def t5_tokenizer() -> Any:
    pieces = [*tiny.WORDS, *"abcdefghijklmnopqrstuvwxyz,."]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((f"▁{word}", -3.0) for word in tiny.WORDS)]
    vocabulary += [(piece, -4.0) for piece in dict.fromkeys(pieces)]
    return transformers.T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=512)


def sentencepiece_tokenizer() -> Any:
    """A T5 tokenizer as older models have it on disk: `spiece.model` and no `tokenizer.json`."""
    folder = Path(tempfile.mkdtemp())
    lines = iter(" ".join(random.Random(seed).choices(tiny.WORDS, k=8)) for seed in range(200))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=lines,
        model_prefix=str(folder / "spiece"),
        vocab_size=80,
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    settings = {"tokenizer_class": "T5Tokenizer", "model_max_length": 512, "extra_ids": 0}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}))
    return transformers.T5Tokenizer.from_pretrained(folder)


def kolors() -> Any:
    folder = Path(tempfile.mkdtemp())
    lines = iter(" ".join(random.Random(seed).choices(tiny.WORDS, k=8)) for seed in range(200))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=lines, model_prefix=str(folder / "tokenizer"), vocab_size=120, hard_vocab_limit=False, minloglevel=2
    )
    config = ChatGLMConfig(
        num_layers=2,
        padded_vocab_size=200,
        hidden_size=32,
        ffn_hidden_size=32,
        kv_channels=8,
        num_attention_heads=4,
        seq_length=512,
        multi_query_attention=True,
        multi_query_group_num=2,
        add_qkv_bias=True,
        original_rope=True,
        use_cache=True,
        torch_dtype="float32",
    )
    text_encoder = ChatGLMModel(config, empty_init=False).eval()
    for name, weight in text_encoder.named_parameters():
        if "layernorm" in name:
            torch.nn.init.ones_(weight)  # its class leaves them uninitialised
    unet = tiny._unet_xl(
        encoder_hid_dim=32, encoder_hid_dim_type="text_proj", cross_attention_dim=32, projection_class_embeddings_input_dim=6 * 8 + 32
    )
    return diffusers.KolorsPipeline(
        vae=vae(4, 0.13025, None),
        text_encoder=text_encoder,
        tokenizer=ChatGLMTokenizer(str(folder / "tokenizer.model")),
        unet=unet.eval(),
        scheduler=diffusers.EulerDiscreteScheduler(**tiny.SCALED_LINEAR, timestep_spacing="leading", steps_offset=1),
    )


def t5() -> Any:
    config = transformers.T5Config(
        vocab_size=128, d_model=32, d_kv=8, d_ff=37, num_layers=1, num_heads=4, decoder_start_token_id=0, relative_attention_num_buckets=8
    )
    return transformers.T5EncoderModel(config).eval()


def qwen_tokenizer() -> Any:
    special = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
    tokens = transformers.Qwen2Tokenizer(
        vocab={token: index for index, token in enumerate([*tiny.BYTE_SYMBOLS, *special])}, merges=[], model_max_length=131072
    )
    tokens.add_special_tokens({"additional_special_tokens": list(special[1:])})
    tokens.chat_template = CHAT
    return tokens


SMALL = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2}
SMALL_TEXT = SMALL | {"vocab_size": 300, "head_dim": 8, "pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 0}


def qwen3(layers: int = 2, whole: bool = False) -> Any:
    config = transformers.Qwen3Config(**SMALL_TEXT | {"num_hidden_layers": layers}, max_position_embeddings=1024)
    return (transformers.Qwen3ForCausalLM if whole else transformers.Qwen3Model)(config).eval()


def gemma_tokenizer() -> Any:
    letters = [chr(code) for code in range(33, 127)]
    bytes_ = [f"<0x{code:02X}>" for code in range(256)]
    vocabulary = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *bytes_, *letters]
    return transformers.GemmaTokenizer(vocab={token: index for index, token in enumerate(vocabulary)}, merges=[], model_max_length=8192)


def gemma2() -> Any:
    return transformers.Gemma2Model(transformers.Gemma2Config(**SMALL_TEXT | {"vocab_size": 400}, sliding_window=64)).eval()


def clip(projects: bool = False) -> tuple[Any, Any]:
    tokens = tiny.tokenizer()
    kind = transformers.CLIPTextModelWithProjection if projects else transformers.CLIPTextModel
    return kind(tiny._text_encoder_config(tokens, projection_dim=tiny.WIDTH)).eval(), tokens


def vae(channels: int = 16, scale: float = 0.3611, shift: float | None = 0.1159) -> Any:
    return tiny._autoencoder(latent_channels=channels, scaling_factor=scale, shift_factor=shift)


def film_vae() -> Any:
    return diffusers.AutoencoderKLQwenImage(
        base_dim=8,
        z_dim=4,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.1, -0.2, 0.3, 0.0],
        latents_std=[1.5, 2.0, 0.7, 1.1],
    ).eval()


def settled(network: Any) -> Any:
    """Weights that the class leaves uninitialised, and those that start as zero, get random numbers."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "pad_token" in name or not weight.isfinite().all() or not weight.any() or weight.abs().max() > 1e4:
                weight.copy_(torch.randn(weight.shape, generator=generator) * 0.05)
    return network.eval()


def z_image() -> Any:
    transformer = diffusers.ZImageTransformer2DModel(
        in_channels=16,
        dim=32,
        n_layers=1,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        cap_feat_dim=16,
        axes_dims=[8, 4, 4],
        axes_lens=[1024, 32, 32],
    )
    return diffusers.ZImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**FLOW),
        vae=vae(),
        text_encoder=qwen3(),
        tokenizer=qwen_tokenizer(),
        transformer=settled(transformer),
    )


def flux(guidance_embeds: bool = True) -> Any:
    transformer = diffusers.FluxTransformer2DModel(
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=tiny.WIDTH,
        guidance_embeds=guidance_embeds,
        axes_dims_rope=(4, 4, 8),
    )
    text_encoder, tokenizer = clip()
    return diffusers.FluxPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**SHIFTED if guidance_embeds else {"shift": 1.0}),
        vae=vae(),
        text_encoder=text_encoder,
        tokenizer=tokenizer,
        text_encoder_2=t5(),
        tokenizer_2=t5_tokenizer(),
        transformer=settled(transformer),
    )


def schnell() -> Any:
    return flux(guidance_embeds=False)


def flux_2_parts(guidance_embeds: bool) -> dict[str, Any]:
    transformer = diffusers.Flux2Transformer2DModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=48,
        timestep_guidance_channels=16,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=guidance_embeds,
    )
    autoencoder = diffusers.AutoencoderKLFlux2(
        block_out_channels=(4, 4, 4, 4),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=2,
    )
    with torch.no_grad():
        autoencoder.bn.running_mean.copy_(torch.linspace(-0.5, 0.5, 16))
        autoencoder.bn.running_var.copy_(torch.linspace(0.5, 3, 16))
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(**SHIFTED)
    return {"scheduler": scheduler, "vae": autoencoder.eval(), "transformer": settled(transformer)}


def flux_2_klein(is_distilled: bool = True) -> Any:
    parts = flux_2_parts(guidance_embeds=False)
    text_encoder = qwen3(layers=28, whole=True)
    return diffusers.Flux2KleinPipeline(**parts, text_encoder=text_encoder, tokenizer=qwen_tokenizer(), is_distilled=is_distilled)


class ChatProcessor(transformers.ProcessorMixin):
    """Stands in for the processor of the library, which needs torchvision."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def apply_chat_template(self, conversation: Any, **how: Any) -> Any:
        return self.tokenizer.apply_chat_template(conversation, **how)

    def save_pretrained(self, folder: str, **how: Any) -> None:
        self.tokenizer.save_pretrained(folder)


def flux_2() -> Any:
    config = transformers.Mistral3Config(
        text_config=SMALL | {"model_type": "mistral", "num_hidden_layers": 30, "head_dim": 8, "vocab_size": 300, "sliding_window": None},
        vision_config={"model_type": "pixtral", "image_size": 16, "patch_size": 8}
        | {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2},
    )
    text_encoder = transformers.Mistral3ForConditionalGeneration(config).eval()
    return diffusers.Flux2Pipeline(
        **flux_2_parts(guidance_embeds=True), text_encoder=text_encoder, tokenizer=ChatProcessor(qwen_tokenizer())
    )


def klein_base() -> Any:
    return flux_2_klein(is_distilled=False)


def qwen_image() -> Any:
    transformer = diffusers.QwenImageTransformer2DModel(
        in_channels=16,
        out_channels=4,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        axes_dims_rope=(8, 4, 4),
    )
    config = transformers.Qwen2_5_VLConfig(
        text_config=SMALL | {"vocab_size": 300, "rope_scaling": {"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"}},
        vision_config={"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16},
    )
    return diffusers.QwenImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**SHIFTED),
        vae=film_vae(),
        text_encoder=transformers.Qwen2_5_VLForConditionalGeneration(config).eval(),
        tokenizer=qwen_tokenizer(),
        transformer=settled(transformer),
    )


class TextProcessor(transformers.Qwen3VLProcessor):
    """Stands in for the processor of the library, which needs torchvision."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer, self.chat_template = tokenizer, CHAT

    def __call__(self, text: list[str], **how: Any) -> Any:
        return self.tokenizer(text, **how)

    def apply_chat_template(self, conversation: Any, **how: Any) -> Any:
        return [self.tokenizer.apply_chat_template(conversation, **how)]

    def save_pretrained(self, folder: str, **how: Any) -> None:
        self.tokenizer.save_pretrained(folder)


def qwen_image_2_1() -> Any:
    transformer = diffusers.QwenImage21Transformer2DModel(
        in_channels=4,
        out_channels=4,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        context_in_dim=16,
        axes_dims_rope=(4, 6, 6),
    )
    autoencoder = diffusers.AutoencoderKLQwenImage21(
        base_dim=8,
        decoder_base_dim=8,
        z_dim=4,
        dim_mult=[1, 1, 1, 1, 1],
        num_res_blocks=1,
        latents_mean=[0.1, -0.2, 0.3, 0.0],
        latents_std=[1.5, 2.0, 0.7, 1.1],
    )
    tokens = qwen_tokenizer()
    config = transformers.Qwen3VLConfig(
        text_config=SMALL | {"head_dim": 8, "vocab_size": 300},
        vision_config={"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16},
        image_token_id=tokens.convert_tokens_to_ids("<|image_pad|>"),
        video_token_id=tokens.convert_tokens_to_ids("<|video_pad|>"),
    )
    return diffusers.QwenImage21Pipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**SHIFTED),
        vae=autoencoder.eval(),
        text_encoder=transformers.Qwen3VLForConditionalGeneration(config).eval(),
        processor=TextProcessor(tokens),
        transformer=settled(transformer),
    )


def krea_2() -> Any:
    transformer = diffusers.Krea2Transformer2DModel(
        in_channels=16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=32,
        timestep_embed_dim=8,
        text_hidden_dim=16,
        num_text_layers=3,
        text_num_attention_heads=2,
        text_num_key_value_heads=1,
        text_intermediate_size=16,
        num_layerwise_text_blocks=1,
        num_refiner_text_blocks=1,
        axes_dims_rope=(4, 2, 2),
    )
    config = transformers.Qwen3VLConfig(
        text_config=SMALL | {"head_dim": 8, "vocab_size": 300},
        vision_config={"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16},
    )
    return diffusers.Krea2Pipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**SHIFTED | {"max_image_seq_len": 6400}),
        vae=film_vae(),
        text_encoder=transformers.Qwen3VLModel(config).eval(),
        tokenizer=qwen_tokenizer(),
        transformer=settled(transformer),
        text_encoder_select_layers=[0, 1, 2],
    )


class WholeModular:
    """A modular pipeline as it is called without Safelight: with all its blocks."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline, self.components = pipeline, pipeline.components

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pipeline, name)

    def __call__(self, guidance_scale: float | None = None, negative_prompt: str | None = None, **arguments: Any) -> Any:
        if guidance_scale is not None:
            self.pipeline.guider.guidance_scale = guidance_scale
        if negative_prompt is not None:
            arguments["negative_prompt"] = negative_prompt
        return SimpleNamespace(images=self.pipeline(**arguments, output="images"))

    def set_progress_bar_config(self, **options: Any) -> None:
        """The loops of tiny runs are short."""

    def save_pretrained(self, folder: Path) -> None:
        """As published: the index names a repository."""
        self.pipeline.save_pretrained(str(folder), overwrite_modular_index=True)
        index = folder / "modular_model_index.json"
        index.write_text(index.read_text().replace(str(folder), "somebody/else"))


def anima() -> Any:
    transformer = diffusers.CosmosTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=16,
        num_layers=1,
        mlp_ratio=2,
        text_embed_dim=16,
        adaln_lora_dim=4,
        max_size=(4, 32, 32),
        extra_pos_embed_type=None,
    )
    conditioner = diffusers.AnimaTextConditioner(
        source_dim=16, target_dim=16, model_dim=16, num_layers=1, num_attention_heads=2, target_vocab_size=128, min_sequence_length=16
    )
    pipeline = diffusers.AnimaAutoBlocks().init_pipeline()
    pipeline.update_components(
        text_encoder=qwen3(),
        tokenizer=qwen_tokenizer(),
        t5_tokenizer=t5_tokenizer(),
        text_conditioner=settled(conditioner),
        transformer=settled(transformer),
        vae=film_vae(),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**FLOW),
    )
    return WholeModular(pipeline)


class PromptProcessor(ChatProcessor):
    """As `ChatProcessor`, in FLUX.3."""


def flux_3_klein() -> Any:
    transformer = diffusers.Flux3Transformer2DModel(
        in_channels=16,
        cond_in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=8 * 16,
        timestep_channels=16,
        axes_dims_rope=(4, 4, 4, 4),
        flow_map=True,
    )
    config = transformers.Qwen3VLConfig(
        text_config=SMALL | {"head_dim": 8, "vocab_size": 300, "num_hidden_layers": 32},
        vision_config={"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16},
    )
    blocks = diffusers.Flux3DistilledAutoBlocks()
    del blocks.sub_blocks["prompt_upsampler"]
    pipeline = blocks.init_pipeline()
    pipeline.update_components(
        text_encoder=transformers.Qwen3VLForConditionalGeneration(config).eval(),
        tokenizer=PromptProcessor(qwen_tokenizer()),
        transformer=settled(transformer),
        vae=flux_2_parts(guidance_embeds=False)["vae"],
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=6.93),
    )
    return WholeModular(pipeline)


def stable_diffusion_3() -> Any:
    transformer = diffusers.SD3Transformer2DModel(
        sample_size=8,
        in_channels=16,
        out_channels=16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=64,
        pooled_projection_dim=2 * tiny.WIDTH,
        pos_embed_max_size=16,
    )
    (first, tokenizer), (second, tokenizer_2) = clip(projects=True), clip(projects=True)
    config = transformers.T5Config(vocab_size=128, d_model=64, d_kv=8, d_ff=37, num_layers=1, num_heads=4, decoder_start_token_id=0)
    return diffusers.StableDiffusion3Pipeline(
        transformer=settled(transformer),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**FLOW),
        vae=vae(scale=1.5305, shift=0.0609),
        text_encoder=first,
        tokenizer=tokenizer,
        text_encoder_2=second,
        tokenizer_2=tokenizer_2,
        text_encoder_3=transformers.T5EncoderModel(config).eval(),
        tokenizer_3=t5_tokenizer(),
    )


def chroma() -> Any:
    transformer = diffusers.ChromaTransformer2DModel(
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        axes_dims_rope=(4, 4, 8),
        approximator_num_channels=16,
        approximator_hidden_dim=32,
        approximator_layers=1,
    )
    return diffusers.ChromaPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0, use_dynamic_shifting=False),
        vae=vae(),
        text_encoder=t5(),
        tokenizer=t5_tokenizer(),
        transformer=settled(transformer),
    )


def pixart_sigma() -> Any:
    transformer = diffusers.PixArtTransformer2DModel(
        sample_size=8,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=3,
        caption_channels=32,
        in_channels=4,
        cross_attention_dim=24,
        out_channels=8,
        use_additional_conditions=False,
    )
    return diffusers.PixArtSigmaPipeline(
        tokenizer=t5_tokenizer(),
        text_encoder=t5(),
        vae=vae(4, 0.13025, None),
        transformer=settled(transformer),
        scheduler=diffusers.DPMSolverMultistepScheduler(beta_start=0.0001, beta_end=0.02),
    )


def sana() -> Any:
    transformer = diffusers.SanaTransformer2DModel(
        in_channels=4,
        out_channels=4,
        num_layers=1,
        num_attention_heads=2,
        attention_head_dim=4,
        num_cross_attention_heads=2,
        cross_attention_head_dim=4,
        cross_attention_dim=8,
        caption_channels=16,
        sample_size=8,
    )
    blocks = ("ResBlock", "ResBlock", "ResBlock", "EfficientViTBlock")
    autoencoder = diffusers.AutoencoderDC(
        latent_channels=4,
        attention_head_dim=2,
        encoder_block_types=blocks,
        decoder_block_types=blocks,
        encoder_block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        encoder_qkv_multiscales=((), (), (), (5,)),
        decoder_qkv_multiscales=((), (), (), (5,)),
        encoder_layers_per_block=(1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        downsample_block_type="conv",
        upsample_block_type="interpolate",
        scaling_factor=0.41407,
    )
    return diffusers.SanaPipeline(
        tokenizer=gemma_tokenizer(),
        text_encoder=gemma2(),
        vae=autoencoder.eval(),
        transformer=settled(transformer),
        scheduler=diffusers.DPMSolverMultistepScheduler(use_flow_sigmas=True, prediction_type="flow_prediction", flow_shift=3.0),
    )


def sana_sprint() -> Any:
    parts = sana().components
    config = {**parts["transformer"].config, "guidance_embeds": True, "qk_norm": "rms_norm_across_heads"}
    parts |= {"transformer": settled(diffusers.SanaTransformer2DModel(**config)), "scheduler": diffusers.SCMScheduler()}
    return diffusers.SanaSprintPipeline(**parts)


def lumina_2() -> Any:
    transformer = diffusers.Lumina2Transformer2DModel(
        sample_size=8,
        in_channels=16,
        hidden_size=8,
        num_layers=1,
        num_refiner_layers=1,
        num_attention_heads=1,
        num_kv_heads=1,
        multiple_of=16,
        axes_dim_rope=(4, 2, 2),
        axes_lens=(300, 64, 64),
        cap_feat_dim=16,
    )
    return diffusers.Lumina2Pipeline(
        transformer=settled(transformer),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=6.0),
        vae=vae(),
        text_encoder=gemma2(),
        tokenizer=gemma_tokenizer(),
    )


def cogview_4() -> Any:
    transformer = diffusers.CogView4Transformer2DModel(
        in_channels=16,
        out_channels=16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=2,
        text_embed_dim=16,
        time_embed_dim=8,
        condition_dim=4,
        sample_size=8,
    )
    config = transformers.GlmConfig(**SMALL_TEXT, max_position_embeddings=1024)
    return diffusers.CogView4Pipeline(
        tokenizer=transformers.PreTrainedTokenizerFast(
            tokenizer_object=qwen_tokenizer()._tokenizer, pad_token="<|endoftext|>", padding_side="left"
        ),
        text_encoder=transformers.GlmModel(config).eval(),
        vae=vae(scale=1.0, shift=None),
        transformer=settled(transformer),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(
            base_shift=0.25, max_shift=0.75, base_image_seq_len=256, use_dynamic_shifting=True, time_shift_type="linear"
        ),
    )


def hunyuan_dit() -> Any:
    transformer = diffusers.HunyuanDiT2DModel(
        sample_size=8,
        num_layers=2,
        patch_size=2,
        attention_head_dim=8,
        num_attention_heads=3,
        in_channels=4,
        cross_attention_dim=32,
        cross_attention_dim_t5=32,
        pooled_projection_dim=16,
        hidden_size=24,
        activation_fn="gelu-approximate",
    )
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *tiny.WORDS]
    bert = transformers.BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=37, max_position_embeddings=77
    )
    return diffusers.HunyuanDiTPipeline(
        vae=vae(4, 0.13025, None),
        text_encoder=transformers.BertModel(bert).eval(),
        tokenizer=transformers.BertTokenizer(vocab={word: index for index, word in enumerate(words)}, model_max_length=77),
        transformer=settled(transformer),
        scheduler=diffusers.DDPMScheduler(
            beta_start=0.00085, beta_end=0.03, beta_schedule="scaled_linear", prediction_type="v_prediction", steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
        text_encoder_2=t5(),
        tokenizer_2=t5_tokenizer(),
    )


def deepfloyd_if(**differences: Any) -> Any:
    """`differences`: of the denoiser from that of the first stage."""
    shape = {
        "sample_size": SIDE,
        "block_out_channels": (32, 32),
        "down_block_types": ("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        "up_block_types": ("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        "in_channels": 3,
        "attention_head_dim": 8,
        "norm_num_groups": 8,
    }
    unet = diffusers.UNet2DConditionModel(
        **shape | differences,
        layers_per_block=1,
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        out_channels=6,
        cross_attention_dim=32,
        encoder_hid_dim=32,
        addition_embed_type="text",
        addition_embed_type_num_heads=2,
        cross_attention_norm="group_norm",
        resnet_time_scale_shift="scale_shift",
        act_fn="gelu",
    )
    scheduler = diffusers.DDPMScheduler(
        beta_schedule="squaredcos_cap_v2",
        thresholding=True,
        dynamic_thresholding_ratio=0.95,
        sample_max_value=1.0,
        variance_type="learned_range",
    )
    return diffusers.IFPipeline(
        tokenizer=sentencepiece_tokenizer(),
        text_encoder=t5(),
        unet=unet.eval(),
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        watermarker=None,
        requires_safety_checker=False,
    )


def deepfloyd_if_second() -> Any:
    """The second stage, as published: with a text encoder of its own. Few channels, since its pictures have 16 times the pixels."""
    parts = deepfloyd_if(
        sample_size=4 * SIDE,
        block_out_channels=(4,) * 4,
        down_block_types=(*["ResnetDownsampleBlock2D"] * 3, "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", *["ResnetUpsampleBlock2D"] * 3),
        in_channels=6,
        attention_head_dim=4,
        norm_num_groups=4,
        class_embed_type="timestep",
        only_cross_attention=True,
    ).components
    noising = diffusers.DDPMScheduler(beta_schedule="squaredcos_cap_v2")
    return diffusers.IFSuperResolutionPipeline(**parts, image_noising_scheduler=noising, requires_safety_checker=False)


def _unconditional(kind: Any, scheduler: Any) -> Any:
    unet = diffusers.UNet2DModel(
        sample_size=SIDE,
        layers_per_block=1,
        block_out_channels=(16, 32),
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=8,
    )
    return kind(unet=unet.eval(), scheduler=scheduler)


def ddpm() -> Any:
    return _unconditional(diffusers.DDPMPipeline, diffusers.DDPMScheduler())


def ddim() -> Any:
    return _unconditional(diffusers.DDIMPipeline, diffusers.DDIMScheduler())


def latent_consistency() -> Any:
    parts = tiny.pipeline("lcm").components
    return diffusers.LatentConsistencyModelPipeline(**parts, requires_safety_checker=False)


def pixart_alpha() -> Any:
    return diffusers.PixArtAlphaPipeline(**pixart_sigma().components)


def aura_flow() -> Any:
    transformer = diffusers.AuraFlowTransformer2DModel(
        sample_size=8,
        patch_size=2,
        in_channels=4,
        num_mmdit_layers=1,
        num_single_dit_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=32,
        out_channels=4,
        pos_embed_max_size=256,
    )
    return diffusers.AuraFlowPipeline(
        tokenizer=t5_tokenizer(),
        text_encoder=t5(),
        vae=vae(4, 0.13025, None),
        transformer=settled(transformer),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=1.73),
    )


def kandinsky_2_2() -> Any:
    return tiny_pipelines.kandinsky_2_2().pipeline


def stable_cascade() -> Any:
    prior = tiny_pipelines.stable_cascade().pipeline
    text_encoder, tokenizer = tiny_pipelines.clip_text(), tiny.tokenizer()
    decoder = tiny_pipelines.cascade_unet(
        in_channels=4, out_channels=4, clip_text_pooled_in_channels=32, effnet_in_channels=16, timestep_conditioning_type=("sca",)
    )
    return diffusers.StableCascadeCombinedPipeline(
        tokenizer=tokenizer,
        text_encoder=text_encoder,
        decoder=settled(decoder),
        scheduler=diffusers.DDPMWuerstchenScheduler(),
        vqgan=PaellaVQModel(bottleneck_blocks=1, num_vq_embeddings=8, embed_dim=16).eval(),
        prior_prior=settled(prior.prior),
        prior_text_encoder=text_encoder,
        prior_tokenizer=tokenizer,
        prior_scheduler=prior.scheduler,
    )


def perturbed_attention() -> Any:
    return diffusers.StableDiffusionPAGPipeline(**tiny.pipeline().components, requires_safety_checker=False)


def unclip() -> Any:
    tokens, width = tiny.tokenizer(), 32
    blocks = {"layers_per_block": 1, "block_out_channels": (32, 32)}
    larger = {
        "sample_size": SIDE,
        "down_block_types": ("ResnetDownsampleBlock2D", "ResnetDownsampleBlock2D"),
        "up_block_types": ("ResnetUpsampleBlock2D", "ResnetUpsampleBlock2D"),
        "in_channels": 6,
        "out_channels": 3,
    }
    decoder = diffusers.UNet2DConditionModel(
        sample_size=32,
        in_channels=3,
        out_channels=6,
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        cross_attention_dim=32,
        attention_head_dim=4,
        resnet_time_scale_shift="scale_shift",
        class_embed_type="identity",
        **blocks,
    )
    text_encoder = transformers.CLIPTextModelWithProjection(tiny._text_encoder_config(tokens, projection_dim=width)).eval()
    projection = UnCLIPTextProjModel(clip_embeddings_dim=width, time_embed_dim=4 * width, cross_attention_dim=32)
    return diffusers.UnCLIPPipeline(
        prior=settled(diffusers.PriorTransformer(num_attention_heads=2, attention_head_dim=12, embedding_dim=width, num_layers=1)),
        decoder=decoder.eval(),
        text_encoder=text_encoder,
        tokenizer=tokens,
        text_proj=projection.eval(),
        super_res_first=diffusers.UNet2DModel(**larger, **blocks).eval(),
        super_res_last=diffusers.UNet2DModel(**larger, **blocks).eval(),
        prior_scheduler=diffusers.UnCLIPScheduler(prediction_type="sample", clip_sample_range=5.0),
        decoder_scheduler=diffusers.UnCLIPScheduler(variance_type="learned_range"),
        super_res_scheduler=diffusers.UnCLIPScheduler(),
    )


# By name of the family in Safelight, and a variant of it.
MAKERS: dict[tuple[str, str], Callable[[], Any]] = {
    ("Stable Diffusion 1 and 2", ""): tiny.pipeline,
    ("Stable Diffusion XL", ""): tiny.pipeline_xl,
    ("Latent consistency model", ""): latent_consistency,
    ("Z-Image", ""): z_image,
    ("FLUX.1", "dev"): flux,
    ("FLUX.1", "schnell"): schnell,
    ("FLUX.2 Klein", "distilled"): flux_2_klein,
    ("FLUX.2 Klein", "base"): klein_base,
    ("FLUX.2", ""): flux_2,
    ("FLUX.3 Klein", ""): flux_3_klein,
    ("Qwen-Image", ""): qwen_image,
    ("Qwen-Image 2.1", ""): qwen_image_2_1,
    ("Stable Diffusion 3", ""): stable_diffusion_3,
    ("Chroma", ""): chroma,
    ("PixArt-Σ", ""): pixart_sigma,
    ("Sana", ""): sana,
    ("Sana Sprint", ""): sana_sprint,
    ("Krea 2", ""): krea_2,
    ("Anima", ""): anima,
    ("Lumina Image 2", ""): lumina_2,
    ("CogView 4", ""): cogview_4,
    ("Hunyuan-DiT", ""): hunyuan_dit,
    ("Kolors", ""): kolors,
    ("DeepFloyd IF", ""): deepfloyd_if,
    ("UnCLIP", ""): unclip,
    ("DDPM", ""): ddpm,
    ("DDIM", ""): ddim,
    ("PixArtAlpha", "not described"): pixart_alpha,
    ("AuraFlow", "not described"): aura_flow,
    ("KandinskyV22Combined", "not described"): kandinsky_2_2,
    ("StableCascadeCombined", "not described"): stable_cascade,
    ("StableDiffusionPAG", "not described"): perturbed_attention,
}


PUBLISHED = {  # parts as real repositories name them, by the class that diffusers writes for ours
    "TextProcessor": ["transformers", "Qwen3VLProcessor"],
    "ChatProcessor": ["transformers", "PixtralProcessor"],
    "PromptProcessor": ["transformers", "Qwen3VLProcessor"],
    "UnCLIPTextProjModel": ["unclip", "UnCLIPTextProjModel"],
    "PaellaVQModel": ["wuerstchen", "PaellaVQModel"],
}


def save(pipeline: Any, folder: Path) -> Path:
    """Write a model folder; a tokenizer that was read from `spiece.model` is written as that."""
    pipeline.save_pretrained(folder)
    file = next(file for name in ("model_index.json", "modular_model_index.json") if (file := folder / name).exists())
    index = json.loads(file.read_text())
    renamed = {name: PUBLISHED[value[1]] for name, value in index.items() if isinstance(value, list) and value[1] in PUBLISHED}
    file.write_text(json.dumps(index | renamed))
    for name, part in pipeline.components.items():
        source = Path(getattr(part, "name_or_path", "") or "") / "spiece.model"
        if source.is_file():
            (folder / name / "tokenizer.json").unlink()
            shutil.copy(source, folder / name)
    return folder


def made(name: str, variant: str) -> Any:
    torch.manual_seed(0)
    pipeline = MAKERS[name, variant]()
    pipeline.set_progress_bar_config(disable=True)
    return pipeline

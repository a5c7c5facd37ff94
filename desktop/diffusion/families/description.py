"""What a family of models is, as plain data: its parts, latents, text encoders, memory, defaults and capabilities. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ..adapters import Adapter

MOST_BLOCKS = 7  # of an autoencoder: its latents have a 64th of the picture's sides


class NoiseProcess(StrEnum):
    """How a model was trained to see noise; a sampler knows one of them."""

    DIFFUSION = "diffusion"  # variance preserving, timesteps 0…999
    FLOW = "flow"  # straight lines from noise to picture


@dataclass(frozen=True, slots=True)
class Traits:
    """What samplers, branches and views have to know about one model. The defaults are those of Stable Diffusion 1."""

    process: NoiseProcess = NoiseProcess.DIFFUSION
    prediction: str = "epsilon"  # what the denoiser predicts: "epsilon", "v_prediction" or "sample" (x0)
    zero_snr: bool = False  # was trained to start from pure noise
    distilled: bool = False  # for 4 to 8 steps, as a latent consistency model
    guided: bool = True  # follows a guidance scale by asking twice, and so reads a negative prompt
    spacing: str | None = None  # of timesteps, where the model's scheduler config chooses one: "leading", "trailing" or "linspace"

    def with_adapters(self, adapters: Sequence[Adapter]) -> Traits:
        """Those of the model with these LoRAs, one of which may have distilled it."""
        return replace(self, distilled=True) if any(adapter.weight for adapter in adapters) else self


@dataclass(frozen=True, slots=True)
class Part:
    """A component of the pipeline: an entry of model_index.json, and a folder of the model."""

    name: str
    library: str  # "diffusers", "transformers", …
    classes: frozenset[str]  # that may be loaded
    weights: str | None = None  # name of the weights file without .safetensors; None for a part without weights
    needed: bool = True  # a part that is not needed is never loaded

    def is_weights(self, file: str) -> bool:
        """Whether the libraries read the weights of this part from a file of that name: whole or in shards, in full or half precision."""
        return self.weights is not None and bool(re.fullmatch(self.weights + r"(\.fp16)?(-\d+-of-\d+)?(\.fp16)?\.safetensors", file))


@dataclass(frozen=True, slots=True)
class Tokenization:
    """How a tokenizer of byte-level BPE cuts a text. The tokens named here are those of a model whose files name no others."""

    words: str  # regular expression of the words into which a text is split before they are encoded as bytes
    begin: str  # the token in front of a text
    end: str  # the token after it, which also pads it and stands for what is unknown
    word_end: str  # suffix of the last token of a word
    marks: int = 2  # tokens that are added to a text: `begin` and `end`
    # In the folder of the tokenizer. Of each group, the first file is needed or one that may replace it.
    files: tuple[tuple[str, ...], ...] = (("tokenizer_config.json",), ("tokenizer.json", "vocab.json"), ("tokenizer.json", "merges.txt"))


@dataclass(frozen=True, slots=True)
class TextEncoder:
    """A text encoder with its tokenizer, both named by their parts."""

    part: str
    tokenizer: str
    tokenization: Tokenization
    model_types: frozenset[str]  # `model_type` of the encoder's config
    tokens: int  # how many it reads, both marks included, where its config does not say
    limit_key: str = "max_position_embeddings"  # of the encoder's config, or of its `text_config`


@dataclass(frozen=True, slots=True)
class LatentFormat:
    """What the autoencoder makes of a picture. The values hold where the config of a model's autoencoder leaves them out."""

    channels: int
    scale: float  # latents as the sampler sees them = (encoded − shift) · scale
    shift: float = 0.0
    spatial_factor: int = 8  # px of a side for one latent position
    packing: int = 1  # latent positions that the denoiser reads as one


@dataclass(frozen=True, slots=True)
class MemoryFactors:
    """What a run needs beside the weights."""

    denoiser_maps: int  # feature maps of the widest kind that are alive at once
    decoder_maps: int  # the same for the decoder, at the size of the picture
    reordered: float  # share of the weights that the kernels keep a second time, in an order of their own


@dataclass(frozen=True, slots=True)
class Defaults:
    """Default settings of a model of this family."""

    steps: int
    guidance_scale: float
    size: int  # px of a side


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the pipeline of the family takes."""

    negative_prompt: bool = True
    guidance: bool = True  # a guidance scale


@dataclass(frozen=True, slots=True)
class Family:
    """One class of stock pipelines. Everything that differs between families is here, or in the calls of the same name."""

    name: str  # for people
    pipeline: str  # class name in diffusers
    parts: tuple[Part, ...]
    denoiser: str  # the name of a part, as the three that follow
    autoencoder: str
    text_encoders: tuple[TextEncoder, ...]
    scheduler: str
    latents: LatentFormat
    memory: MemoryFactors
    defaults: Defaults
    calls: str  # module with the torch calls of the family
    process: NoiseProcess = NoiseProcess.DIFFUSION
    languages: tuple[str, ...] = ("en",)  # that its text encoders read
    capabilities: Capabilities = Capabilities()
    distilled_key: str = "time_cond_proj_dim"  # of the denoiser's config; not null in a model that was distilled with its guidance
    autoencoder_overflows: bool = False  # in float16, unless its config says `"force_upcast": false`
    construction: Mapping[str, Any] = field(default_factory=dict)  # further arguments of the pipeline's class

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)

    @property
    def needed(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.needed)

    @property
    def networks(self) -> tuple[Part, ...]:
        """The needed parts that have weights."""
        return tuple(part for part in self.needed if part.weights)

    def traits(self, scheduler: str, scheduler_config: Mapping[str, Any], denoiser_config: Mapping[str, Any]) -> Traits:
        """Those of the model with these configs, as they are in its JSON files or in its loaded parts; `scheduler`: its class name."""
        is_distilled = denoiser_config.get(self.distilled_key) is not None
        chooses_spacing = "timestep_spacing" not in scheduler_config.get("_use_default_values", ())
        return Traits(
            process=self.process,
            prediction=scheduler_config.get("prediction_type") or "epsilon",
            zero_snr=bool(scheduler_config.get("rescale_betas_zero_snr")),
            distilled=is_distilled or scheduler == "LCMScheduler",
            guided=self.capabilities.guidance and self.capabilities.negative_prompt and not is_distilled,
            spacing=scheduler_config.get("timestep_spacing") if chooses_spacing else None,
        )

    # The keys below are those of convolutional networks. A family with other networks overrides these methods.

    def spatial_factor(self, autoencoder_config: Mapping[str, Any]) -> int:
        """px of a side for one latent position: each block of the autoencoder but the last halves the sides.

        Raises ValueError for a config without a sensible list of blocks.
        """
        blocks = autoencoder_config.get("block_out_channels")
        if not isinstance(blocks, (list, tuple)) or not 1 <= len(blocks) <= MOST_BLOCKS:
            raise ValueError("block_out_channels")
        return 2 ** (len(blocks) - 1)

    def native_positions(self, denoiser_config: Mapping[str, Any]) -> object:
        """Latent positions of a side of the pictures that the denoiser was trained with, unchecked; None if its config does not say."""
        return denoiser_config.get("sample_size")

    def denoiser_width(self, denoiser_config: Mapping[str, Any]) -> int:
        """Channels of the denoiser's feature maps at the size of the latents."""
        return denoiser_config["block_out_channels"][0]

    def decoder_width(self, autoencoder_config: Mapping[str, Any]) -> int:
        """Channels of the decoder's feature maps at the size of the picture."""
        return (autoencoder_config.get("decoder_block_out_channels") or autoencoder_config["block_out_channels"])[0]

    def latent_channels(self, autoencoder_config: Mapping[str, Any]) -> int:
        return autoencoder_config.get("latent_channels", self.latents.channels)

    def denoiser_channels(self, denoiser_config: Mapping[str, Any]) -> int:
        """Channels that the denoiser reads."""
        return denoiser_config.get("in_channels", self.latents.channels * self.latents.packing)

"""What a family of models is, as plain data: its parts, latents, text encoders, memory, defaults and capabilities. Torch-free."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ..adapters import Adapter

MOST_BLOCKS = 7  # of an autoencoder: its latents have a 64th of the picture's sides
TOKENIZER_FILES = (("tokenizer_config.json",), ("tokenizer.json", "spiece.model", "tokenizer.model", "vocab.json"))
PATCH_KEYS = ("patch_size", "all_patch_size")  # of the config of a denoiser that reads latents in squares
NAME = "name"  # instead of a part, in a `Variant`
PRESENT = object()  # instead of the value of an entry, in a `Variant`


class NoiseProcess(StrEnum):
    """How a model was trained to see noise; a sampler knows one of them."""

    DIFFUSION = "diffusion"  # variance preserving, timesteps 0…999
    FLOW = "flow"  # straight lines from noise to picture
    EDM = "edm"  # noise is added to pictures that keep their strength, up to σ = 80: Karras et al. 2022


@dataclass(frozen=True, slots=True)
class Traits:
    """What samplers, branches and views have to know about one model. The defaults are those of Stable Diffusion 1."""

    process: NoiseProcess = NoiseProcess.DIFFUSION
    prediction: str = "epsilon"  # what the denoiser predicts: "epsilon", "v_prediction" or "sample" (x0)
    zero_snr: bool = False  # was trained to start from pure noise
    distilled: bool = False  # for 4 to 8 steps, as a latent consistency model
    guided: bool = True  # follows a guidance scale by asking twice, and so can read a negative prompt
    guidance: bool = True  # follows a guidance scale at all
    samplers: frozenset[str] = frozenset()  # the names of those that its pipeline can call; empty for all
    pixels: bool = False  # has no latents: the sampler sees the picture
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
    # Its config where the folder has none, because the pipeline makes it by itself; with the class as "_class_name".
    made: Mapping[str, Any] | None = field(default=None, hash=False)
    reader: str = ""  # name of a function in the family's calls that makes the part from its folder; "" for the libraries

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
    # As `TextEncoder.files`.
    files: tuple[tuple[str, ...], ...] = (("tokenizer_config.json",), ("tokenizer.json", "vocab.json"), ("tokenizer.json", "merges.txt"))


@dataclass(frozen=True, slots=True)
class TextEncoder:
    """A text encoder with its tokenizer, both named by their parts."""

    part: str
    tokenizer: str
    tokenization: Tokenization | None  # None: as the tokenizer's own tokenizer.json says
    model_types: frozenset[str]  # `model_type` of the encoder's config
    tokens: int  # how many it reads, marks included, where its config does not say
    limit_key: str = ""  # of the encoder's config, or of its `text_config`: how many tokens it reads; "" for `tokens` of them
    marks: int = 0  # tokens that the pipeline puts around a prompt, besides those that the tokenizer adds by itself
    values: int = 500_000  # most JSON values in the files of the tokenizer; CLIP's have 300,000
    is_whole: bool = True  # whether the denoiser follows its text word by word; else it reads a summary, and its limit matters little

    @property
    def files(self) -> tuple[tuple[str, ...], ...]:
        """Files in the folder of the tokenizer. Of each group, the first is needed or one that may replace it."""
        return self.tokenization.files if self.tokenization else TOKENIZER_FILES

    def limit(self, tokenizer_limit: int) -> int:
        """How many tokens it reads, marks included, where its tokenizer is limited to `tokenizer_limit`."""
        return tokenizer_limit if self.limit_key else self.tokens


class Normalisation(StrEnum):
    """How the numbers of an autoencoder become those that the sampler sees."""

    SCALED = "scaled"  # by one factor and one shift
    CHANNELS = "channels"  # by mean and deviation of every channel; the autoencoder reads a film of one frame
    BATCH = "batch"  # by the statistics of the autoencoder's batch normalisation, after packing
    PIXELS = "pixels"  # there is no autoencoder: the sampler sees the picture, −1…1


@dataclass(frozen=True, slots=True)
class LatentFormat:
    """What the autoencoder makes of a picture. The values hold where the config of a model's autoencoder leaves them out."""

    channels: int
    scale: float = 1.0  # latents as the sampler sees them = (encoded − shift) · scale
    shift: float = 0.0
    spatial_factor: int = 8  # px of a side for one latent position
    packing: int = 0  # the sampler sees B×positions×values, a square of so many positions a side as one; 0: it sees B×C×h×w
    multiple: int = 1  # latent positions that a side must divide by
    normalisation: Normalisation = Normalisation.SCALED
    tiny: str = ""  # the usual name of the TAESD-class decoder that reads these latents

    def channels_read(self, channels: int) -> int:
        """Channels of the denoiser for an autoencoder with `channels`."""
        return channels * max(self.packing, 1) ** 2


@dataclass(frozen=True, slots=True)
class MemoryFactors:
    """What a run needs beside the weights: feature maps, counted in `python -m tests.benchmarks.feature_maps`."""

    denoiser_maps: float  # of the denoiser's width that are alive at once
    decoder_maps: float  # the same for the decoder, at the size of the picture
    reordered: float = 1 / 16  # share of the weights that the kernels of a CPU keep a second time, in an order of their own
    pictures: int = 2  # that the denoiser reads at once in a guided step
    text: int = 0  # tokens that it reads together with the positions of the picture


@dataclass(frozen=True, slots=True)
class Defaults:
    """Default settings of a model of this family."""

    steps: int
    guidance_scale: float
    size: int  # px of a side
    sampler: str = ""  # "" for the one that the model comes with


@dataclass(frozen=True, slots=True)
class Variant:
    """Models of a family that need other settings, recognised by one entry of a config or by their name."""

    part: str  # whose config it is: the name of a part, or "" for model_index.json; `NAME` for the name of the model
    key: str  # of the entry; of a name a regular expression that is found in it, in lower case
    value: object  # of the entry; `PRESENT` for any but null, several of them in a frozenset
    defaults: Defaults
    changes: Mapping[str, Any] = field(default_factory=dict)  # of the traits; none for a model recognised by its name

    def fits(self, configs: Mapping[str, Mapping[str, Any]], name: str) -> bool:
        """Whether it is the variant of the model called `name` with these configs, by part."""
        if self.part == NAME:
            return re.search(self.key, name.lower()) is not None
        found = configs.get(self.part, {}).get(self.key)
        if self.value is PRESENT:
            return found is not None
        return found in self.value if isinstance(self.value, frozenset) else found == self.value


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the pipeline of the family takes."""

    prompt: bool = True
    negative_prompt: bool = True
    guidance: bool = True  # a guidance scale
    asks_twice: bool = True  # guidance compares the prompt with the negative or an empty one; else the denoiser is told the scale
    size: bool = True  # may be chosen; else every picture has the size that the denoiser was trained with
    weights: bool = False  # of words in a prompt; else their marks are plain text
    embeddings: bool = False  # textual inversion: its text encoders are CLIP's
    loras: bool = True


@dataclass(frozen=True, slots=True)
class Family:
    """One class of stock pipelines. Everything that differs between families is here, or in the calls of the same name."""

    name: str  # for people
    pipeline: str  # class name in diffusers
    parts: tuple[Part, ...]
    denoiser: str  # the name of a part, as the three that follow
    autoencoder: str  # "" without one
    text_encoders: tuple[TextEncoder, ...]
    scheduler: str
    latents: LatentFormat
    memory: MemoryFactors
    defaults: Defaults
    calls: str = "calls"  # module with the torch calls of the family
    process: NoiseProcess = NoiseProcess.DIFFUSION
    languages: tuple[str, ...] = ("en",)  # that its text encoders read and its makers name
    untested_languages: tuple[str, ...] = ()  # that its text encoders read, and of which nothing is known
    capabilities: Capabilities = Capabilities()
    variants: tuple[Variant, ...] = ()  # the first that fits counts, so those with the most reliable marks come first
    steps_key: str = "num_inference_steps"  # the argument of the stock call, as the next
    guidance_key: str = "guidance_scale"
    guidance_offset: float = 0.0  # between that argument and our scale, at which 1 is no guidance
    no_negative: str = ""  # the negative prompt in place of none
    has_own_samplers: bool = False  # its pipeline is called with the schedulers that it has, one for each stage
    arguments: Mapping[str, Any] = field(default_factory=dict)  # further ones of the stock call
    samplers: frozenset[str] = frozenset()  # names of those that the stock call can use; empty for all
    distilled_key: str = "time_cond_proj_dim"  # of the denoiser's config; not null in a model that was distilled with its guidance
    needs_float32: bool = False  # its pipeline does what bfloat16 cannot: makes numpy arrays, interpolates, or looks for exact timesteps
    autoencoder_overflows: bool = False  # in float16, unless its config says `"force_upcast": false`
    construction: Mapping[str, Any] = field(default_factory=dict)  # further arguments of the pipeline's class
    # Keys of configs. Of the first found, the length is the number of stages, of which all but the first halve the sides;
    # of the others, the first number or the product of the numbers.
    stage_keys: tuple[str, ...] = ("block_out_channels", "encoder_block_out_channels")
    halving_key: str = ""  # instead: its length is how often the sides are halved
    native_key: str = "sample_size"  # of the denoiser's config: latent positions of a side it was trained with; "" if it does not say
    width_keys: tuple[str, ...] = ("block_out_channels",)
    decoder_width_keys: tuple[str, ...] = ("decoder_block_out_channels", "block_out_channels")
    refines: str = ""  # name of the family whose pictures it finishes; it makes none alone
    # Of one that finishes pictures: their sides in those of the first model. 1: it makes the last steps of that; more: steps of its own.
    enlarges: int = 1
    handed: Mapping[str, Any] = field(default_factory=dict)  # arguments of the call before its own, which returns what it takes with them
    is_described: bool = True  # whether this was written by us and proven, or made from the signature of the pipeline

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)

    @property
    def needed(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.needed)

    @property
    def networks(self) -> tuple[Part, ...]:
        """The needed parts that have weights."""
        return tuple(part for part in self.needed if part.weights)

    def variant(self, configs: Mapping[str, Mapping[str, Any]], name: str = "") -> Variant | None:
        """The variant that a model is, from its configs by part (model_index.json under ""), and from its name."""
        return next((variant for variant in self.variants if variant.fits(configs, name)), None)

    def traits(self, scheduler: str, configs: Mapping[str, Mapping[str, Any]]) -> Traits:
        """Those of the model with these configs by part, from its JSON files or its loaded parts; `scheduler`: its class name."""
        scheduler_config, denoiser_config = configs.get(self.scheduler, {}), configs.get(self.denoiser, {})
        is_distilled = denoiser_config.get(self.distilled_key) is not None
        chooses_spacing = "timestep_spacing" not in scheduler_config.get("_use_default_values", ())
        variant = self.variant(configs)
        traits = Traits(
            process=NoiseProcess.EDM if scheduler.startswith("EDM") else self.process,
            prediction=scheduler_config.get("prediction_type") or "epsilon",
            zero_snr=bool(scheduler_config.get("rescale_betas_zero_snr")),
            distilled=is_distilled or scheduler == "LCMScheduler",
            guided=self.capabilities.guidance and self.capabilities.asks_twice and not is_distilled,
            guidance=self.capabilities.guidance,
            spacing=scheduler_config.get("timestep_spacing") if chooses_spacing else None,
            samplers=self.samplers,
            pixels=not self.autoencoder,
        )
        return replace(traits, **variant.changes) if variant else traits

    def spatial_factor(self, autoencoder_config: Mapping[str, Any]) -> int:
        """px of a side for one latent position. Raises ValueError for a config without a sensible list of blocks."""
        if not self.autoencoder or not (self.halving_key or self.stage_keys):
            return self.latents.spatial_factor
        key = self.halving_key or next((key for key in self.stage_keys if key in autoencoder_config), "")
        blocks = autoencoder_config.get(key)
        if not isinstance(blocks, (list, tuple)) or not 1 <= len(blocks) <= MOST_BLOCKS:
            raise ValueError(key or self.stage_keys[0])
        return 2 ** (len(blocks) - (not self.halving_key))

    def patch(self, denoiser_config: Mapping[str, Any]) -> int:
        """Latent positions of a side that the denoiser reads as one."""
        if self.latents.packing:
            return self.latents.packing
        side = next((value for key in PATCH_KEYS if (value := denoiser_config.get(key))), 1)
        return side[-1] if isinstance(side, (list, tuple)) else side  # of frames first, where it reads films

    def denoiser_width(self, denoiser_config: Mapping[str, Any]) -> int:
        """Channels of the denoiser's feature maps at the size of what it reads."""
        return math.prod(_first_number(denoiser_config[key]) for key in self.width_keys)

    def decoder_width(self, autoencoder_config: Mapping[str, Any]) -> int:
        """Channels of the decoder's feature maps at the size of the picture."""
        return _first_number(next(value for key in self.decoder_width_keys if (value := autoencoder_config.get(key))))

    def latent_channels(self, autoencoder_config: Mapping[str, Any]) -> int:
        return autoencoder_config.get("latent_channels") or autoencoder_config.get("z_dim") or self.latents.channels

    def overflows(self, autoencoder_config: Mapping[str, Any]) -> bool:
        """Whether the autoencoder overflows in float16."""
        return self.autoencoder_overflows and bool(autoencoder_config.get("force_upcast", True))

    def text_width(self, denoiser_config: Mapping[str, Any]) -> object:
        """Numbers of one token as the denoiser reads it; None if its config does not say."""
        return denoiser_config.get("cross_attention_dim")

    def denoiser_channels(self, denoiser_config: Mapping[str, Any]) -> int:
        """Channels that the denoiser reads."""
        return denoiser_config.get("in_channels", self.latents.channels_read(self.latents.channels))


def _first_number(value: Any) -> int:
    return value[0] if isinstance(value, (list, tuple)) else value


# -- parts that many families have

WEIGHTS = "diffusion_pytorch_model"  # the name of weights in diffusers


def transformer(kind: str) -> Part:
    return Part("transformer", "diffusers", frozenset({kind}), weights=WEIGHTS)


def autoencoder(*kinds: str) -> Part:
    return Part("vae", "diffusers", frozenset(kinds), weights=WEIGHTS)


def text_encoder(*kinds: str, name: str = "text_encoder") -> Part:
    return Part(name, "transformers", frozenset(kinds), weights="model")


def tokenizer(*kinds: str, name: str = "tokenizer") -> Part:
    return Part(name, "transformers", frozenset(kinds))


def t5(tokens: int, part: str = "text_encoder", tokenizer: str = "tokenizer") -> TextEncoder:
    return TextEncoder(part, tokenizer, None, frozenset({"t5"}), tokens)


def unused(name: str, library: str, *kinds: str) -> Part:
    return Part(name, library, frozenset(kinds), needed=False)


DISTILLED = {"guided": False, "guidance": False, "distilled": True}  # changes of traits: few steps, and the guidance is in the weights
LARGE = 3_000_000  # JSON values of the tokenizer of a language model with up to 260,000 words
T5_TOKENIZERS = ("T5Tokenizer", "T5TokenizerFast")
GEMMA_TOKENIZERS = ("GemmaTokenizer", "GemmaTokenizerFast")
QWEN_TOKENIZERS = ("Qwen2Tokenizer", "Qwen2TokenizerFast")
FLOW_SCHEDULER = Part(
    "scheduler",
    "diffusers",
    frozenset(
        f"{name}Scheduler"
        for name in ("FlowMatchEulerDiscrete", "FlowMatchHeunDiscrete", "FlowMatchLCM", "DPMSolverMultistep", "UniPCMultistep")
    ),
)
TRANSFORMER_MEMORY = MemoryFactors(denoiser_maps=14, decoder_maps=3)  # of those that are not counted: as most of the others need

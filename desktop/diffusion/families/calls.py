"""The torch calls of a family's pipeline, from its description. What a description cannot say is in `<family>_calls.py`.

The stock pipeline encodes the prompt itself. Latents have three layouts: that of the pipeline, which recordings keep; a grid,
B×C×h×w, which views and previews read; and what the autoencoder reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from diffusers.image_processor import VaeImageProcessor
from transformers import AutoTokenizer

from ..recipe import Recipe, Size
from ..weights import Fragment
from . import family_called
from .description import Family, Normalisation


class Calls:
    """The calls of one loaded pipeline."""

    def __init__(self, family: Family, pipeline: Any) -> None:
        self.family, self.pipeline = family, pipeline

    @property
    def denoiser(self) -> Any:
        return getattr(self.pipeline, self.family.denoiser)

    @property
    def autoencoder(self) -> Any:
        """None for a family that works on pixels."""
        return getattr(self.pipeline, self.family.autoencoder) if self.family.autoencoder else None

    @property
    def text_encoders(self) -> list[Any]:
        return [getattr(self.pipeline, encoder.part) for encoder in self.family.text_encoders]

    @property
    def tokenizers(self) -> list[Any]:
        named = (getattr(self.pipeline, encoder.tokenizer) for encoder in self.family.text_encoders)
        return [getattr(each, "tokenizer", each) for each in named]  # of a processor of text and pictures

    @property
    def coders(self) -> list[torch.nn.Module]:
        """The halves of the autoencoder, for gates."""
        return [self.autoencoder.encoder, self.autoencoder.decoder] if self.autoencoder else []

    @cached_property
    def configs(self) -> dict[str, Any]:
        """The configs of the loaded parts, by part, and that of the pipeline under ""."""
        parts = {part.name: getattr(self.pipeline, part.name) for part in self.family.needed}
        return {"": self.pipeline.config} | {name: part.config for name, part in parts.items() if hasattr(part, "config")}

    @cached_property
    def position(self) -> int:
        """px of a side for one latent position."""
        return self.family.spatial_factor(self.autoencoder.config if self.autoencoder else {})

    @property
    def multiple(self) -> int:
        """What the sides of a picture must divide by, in px."""
        if not self.family.capabilities.size:
            return int(self.denoiser.config[self.family.native_key]) * self.position
        return self.position * self.family.latents.multiple

    @property
    def latent_channels(self) -> int:
        return self.family.latent_channels(self.autoencoder.config) if self.autoencoder else self.family.latents.channels

    def positions(self, recipe: Recipe) -> int:
        """Positions of one picture that the denoiser reads."""
        side = self.position * max(self.family.latents.packing, 1)
        return (recipe.size.width // side) * (recipe.size.height // side)

    def arguments(self, recipe: Recipe) -> dict[str, Any]:
        """The arguments of the stock call, except those of the prompt."""
        given = {
            "width": recipe.size.width,
            "height": recipe.size.height,
            self.family.steps_key: recipe.sampling.steps,
            **self._guidance(recipe.sampling.guidance_scale),
            **self.family.arguments,
        }
        return {name: value for name, value in given.items() if name in self._accepted}

    def _guidance(self, scale: float) -> dict[str, float]:
        family = self.family
        return {family.guidance_key: scale + family.guidance_offset} if family.capabilities.guidance else {}

    def prompt_arguments(self, fragments: Sequence[Fragment], is_negative: bool = False) -> dict[str, Any]:
        """The arguments of the stock call for a prompt. The pipeline encodes it itself, and knows no weights."""
        text = "".join(fragment.text for fragment in fragments)
        given = {"negative_prompt": text or self.family.no_negative} if is_negative else {"prompt": text}
        return {name: value for name, value in given.items() if name in self._accepted}

    def grid(self, latents: torch.Tensor, size: Size) -> torch.Tensor:
        """Latents in the layout of the pipeline, of a picture of `size` → B×C×h×w."""
        form = self.family.latents
        if form.packing == 0 or latents.ndim != 3:
            return latents
        side = form.packing
        height, width = (length // (self.position * side) for length in (size.height, size.width))
        if form.normalisation is Normalisation.BATCH:
            mean, deviation = self._batch_statistics(latents)
            latents = latents * deviation + mean
        squares = latents.unflatten(1, (height, width)).unflatten(3, (-1, side, side))  # B×h×w×C×side×side
        return squares.permute(0, 3, 1, 4, 2, 5).reshape(len(latents), -1, height * side, width * side)

    def ungrid(self, grid: torch.Tensor) -> torch.Tensor:
        """The inverse of `grid`: latents as a grid → in the layout of the pipeline."""
        form = self.family.latents
        if form.packing == 0:
            return grid
        side = form.packing
        squares = grid.unflatten(3, (-1, side)).unflatten(2, (-1, side))  # B×C×h×side×w×side
        latents = squares.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)  # B×positions×values
        if form.normalisation is Normalisation.BATCH:
            mean, deviation = self._batch_statistics(latents)
            latents = (latents - mean) / deviation
        return latents

    def encode(self, pictures: torch.Tensor) -> torch.Tensor:
        """B×3×H×W in −1…1 → latents as a grid."""
        autoencoder, form = self.autoencoder, self.family.latents.normalisation
        if form is Normalisation.PIXELS:
            return pictures
        pictures = pictures.to(self.pipeline._execution_device, autoencoder.dtype)
        encoded = autoencoder.encode(pictures[:, :, None] if form is Normalisation.CHANNELS else pictures)
        latents = encoded.latent_dist.mode() if hasattr(encoded, "latent_dist") else encoded[0]
        if form is Normalisation.CHANNELS:
            mean, deviation = self._channel_statistics(latents)
            return ((latents - mean) / deviation)[:, :, 0]
        if form is Normalisation.BATCH:
            return latents
        scale, shift = self._scaling
        return (latents - shift if shift else latents) * scale

    def decode(self, grid: torch.Tensor) -> torch.Tensor:
        """Latents as a grid → B×3×H×W, about −1…1, exactly as the stock pipeline decodes."""
        autoencoder, form = self.autoencoder, self.family.latents.normalisation
        if form is Normalisation.PIXELS:
            return grid
        latents = grid.to(self.pipeline._execution_device, autoencoder.dtype)  # where an offloaded decoder computes
        if form is Normalisation.CHANNELS:
            latents = self.denormalised(latents[:, :, None])
            return autoencoder.decode(latents, return_dict=False)[0][:, :, 0]
        if form is not Normalisation.BATCH:
            scale, shift = self._scaling
            latents = latents / scale
            latents = latents + shift if shift else latents
        return autoencoder.decode(latents, return_dict=False)[0]

    def images(self, decoded: torch.Tensor) -> Any:
        """B×3×H×W, about −1…1 → PIL images, as the stock pipeline makes them."""
        processor = getattr(self.pipeline, "image_processor", None) or VaeImageProcessor()
        return processor.postprocess(decoded, output_type="pil")

    def denormalised(self, latents: torch.Tensor) -> torch.Tensor:
        """B×C×1×h×w as the sampler sees them → as the autoencoder reads them."""
        mean, deviation = self._channel_statistics(latents)
        return latents / (1.0 / deviation) + mean  # as the stock pipelines write it

    @cached_property
    def _accepted(self) -> frozenset[str]:
        return frozenset(inspect.signature(type(self.pipeline).__call__).parameters)

    @property
    def _scaling(self) -> tuple[float, float]:
        config, latents = self.autoencoder.config, self.family.latents
        return config.get("scaling_factor") or latents.scale, config.get("shift_factor") or latents.shift

    def _channel_statistics(self, latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and deviation of every channel, 1×C×1×…, with as many sides as `latents`."""
        config, sides = self.autoencoder.config, (1, -1, *[1] * (latents.ndim - 2))
        mean, deviation = (torch.tensor(config[name]).view(sides).to(latents) for name in ("latents_mean", "latents_std"))
        return mean, deviation

    def _batch_statistics(self, latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and deviation of every value of a packed position."""
        statistics = self.autoencoder.bn
        deviation = torch.sqrt(statistics.running_var + self.autoencoder.config.batch_norm_eps)
        return statistics.running_mean.to(latents), deviation.to(latents)


CALLS = Calls


def chat_tokenizer(folder: Path) -> Any:
    """The tokenizer of a processor of text and pictures, with its template of a conversation."""
    template = folder / "chat_template.jinja"
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if template.is_file():
        tokenizer.chat_template = template.read_text(encoding="utf-8")
    return tokenizer


def calls_of(pipeline: Any, family: Family | None = None) -> Calls:
    """The calls of `pipeline`; without `family` it is one of `FAMILIES`."""
    family = family or family_called(type(pipeline).__name__)
    assert family is not None
    module = import_module(f"{__package__}.{family.calls}")
    calls: Calls = module.CALLS(family, pipeline)
    return calls

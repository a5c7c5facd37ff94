"""LoadedModel: one model on its device, with the caches and measurements made since it was loaded."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import torch

from ..errors import NoGuidance, NotANumber, TurnForbidden
from . import branching, samplers, schedulers, views
from .attention import Attention, unfit
from .branching import Leg
from .chain import Chain, Link
from .control import Control
from .denoise import Observer, Stretch, ask, denoise
from .device import Device
from .families import read_index
from .families.calls import Calls, calls_of
from .families.description import Traits
from .gates import Gates
from .loaded_adapters import LoadedAdapters
from .loaded_embeddings import LoadedEmbeddings
from .loader import load
from .offload import Offload
from .placement import tile
from .preview import LinearMap, Previewer, preview_decoder
from .prompts import Encoded, PromptEncoder
from .recipe import Recipe, Size
from .run import UPSCALING, Pixels, Plan, Step
from .seam import Departure, Pipeline
from .single_file import ModelFiles
from .snapshot import Snapshot, SnapshotReader, read_snapshot
from .views import Grid

BASE, REFINER = "base", "refiner"  # the stages of a run that another model finishes; UPSCALING where that enlarges the picture
log = logging.getLogger(__name__)


class RunObserver(Observer, Protocol):
    """An observer that also holds the steps of the run so far."""

    @property
    def steps(self) -> Sequence[Step]: ...

    def go_back_to(self, number: int) -> None:
        """Forget the steps after `number`: a refinement makes them again."""
        ...


@dataclass(slots=True)
class LoadedModel:
    """One loaded model, ready to run."""

    files: ModelFiles
    fingerprint: str
    calls: Calls
    traits: Traits
    pipeline: Any
    scheduler_config: Mapping[str, Any]  # that of the model's own scheduler
    prompts: PromptEncoder
    previewer: Previewer
    adapters: LoadedAdapters
    embeddings: LoadedEmbeddings
    offload: Offload
    refiner: LoadedModel | None = None  # that finishes the runs whose recipe names one

    @classmethod
    def open(cls, files: ModelFiles, fingerprint: str, device: Device, control: Control, offload: Offload = Offload.NONE) -> LoadedModel:
        pipeline = load(files, device, offload)
        calls = calls_of(pipeline, read_index(files)[0])
        scheduler = getattr(pipeline, calls.family.scheduler)
        scheduler_config = dict(scheduler.config)

        def full(latents: torch.Tensor) -> torch.Tensor:
            with torch.inference_mode(False), torch.no_grad():  # weights that are moved in inference mode could not be used outside of it
                return calls.decode(latents).permute(0, 2, 3, 1).add(1).mul(127.5)

        beside = files if isinstance(files, Path) else files.path
        decoder = preview_decoder(beside, calls.family.latents.tiny, calls.latent_channels, device.dtype, device.torch)
        previewer = Previewer(LinearMap(calls.latent_channels), decoder, full, calls.position, device.dtype)
        with Gates(calls.coders, control):
            try:
                previewer.fit(calls.encode)
            except Exception:
                if calls.family.is_described:
                    raise
                log.warning("Pictures of %s have no previews before the first is finished", calls.family.name, exc_info=True)
        traits = calls.family.traits(type(scheduler).__name__, calls.configs)
        encoder, adapters, embeddings = PromptEncoder(calls), LoadedAdapters(calls, offload, device.torch), LoadedEmbeddings(calls)
        return cls(files, fingerprint, calls, traits, pipeline, scheduler_config, encoder, previewer, adapters, embeddings, offload)

    def use(self, offload: Offload) -> None:
        """Decode as `offload` wants from now on; its weights are where the model has them."""
        tile(self.calls.autoencoder, offload)
        self.offload = offload

    @property
    def stage(self) -> str:
        """The name of the stage that it makes as a refiner."""
        return UPSCALING if self.calls.family.enlarges > 1 else REFINER

    @property
    def multiple(self) -> int:
        """What the sides of a picture must divide by, in px."""
        return self.calls.multiple

    def is_guided(self, recipe: Recipe) -> bool:
        """Whether the denoiser is asked twice: not at guidance 1 and below, and never in distilled models."""
        return recipe.sampling.guidance_scale > 1 and self.traits.guided

    def work(self, recipe: Recipe) -> float:
        """Parameters × latent positions of one step."""
        return self.adapters.base_parameters * self.calls.positions(recipe)

    def check_turns(self, recipe: Recipe, plan: Plan) -> None:
        """Raise `TurnForbidden` for the first turn of `recipe` that cannot be taken in a run of this whole plan."""
        if found := branching.forbidden_turn(recipe, self.traits, plan):
            turn, reason = found
            raise TurnForbidden(step=turn.after, reason=reason)

    def encode(self, recipe: Recipe, control: Control) -> tuple[Encoded, Encoded | None]:
        """The encoded prompt, and the encoded negative prompt if the model reads one.

        The model has the LoRAs and embeddings of the recipe afterwards.
        """
        if (refiner := self._refining(recipe)) and refiner.calls.text_encoders:
            refiner.encode(recipe.of_refiner, control)  # which keeps it, for `prepare`
        self._use(recipe)
        reads_negative = self.is_guided(recipe) and self.calls.family.capabilities.negative_prompt
        with Gates(self.calls.text_encoders, control):
            prompt = self.prompts.encode(recipe.prompt.text)
            return prompt, self.prompts.encode(recipe.prompt.negative, is_negative=True) if reads_negative else None

    def _use(self, recipe: Recipe) -> None:
        """Add the LoRAs and embeddings of `recipe`, and no others, to the networks."""
        self.adapters.use(recipe.adapters)
        self.embeddings.use(recipe.embeddings)
        self.prompts.names = self.embeddings.names
        self.prompts.adapters = self.adapters.in_use, self.embeddings.in_use

    def run(self, ahead: Sequence[tuple[Leg, Encoded, Encoded | None]], seed: int, control: Control, progress: RunObserver) -> torch.Tensor:
        """Make the legs `ahead` after the steps of `progress`; return the finished latents, 1×C×h×w.

        Raises `Stop` where `control` stops or pauses the run.
        """
        latents = None
        for leg, prompt, negative_prompt in ahead:
            self._use(leg.recipe)
            arguments = self.prepare(leg.recipe, prompt, negative_prompt)
            departure = _departure(leg, progress.steps)
            if leg.turn is not None and departure.refined is not None:
                progress.go_back_to(leg.turn.after)
            with Gates(self.calls.text_encoders, control):
                stretch = Stretch(arguments, seed, tuple(progress.steps), leg.until, departure)
                latents = denoise(self.pipeline_for(leg.recipe), stretch, control, progress)
        assert latents is not None  # only the last leg ends with the run
        return latents

    def watch_words(self, recipe: Recipe) -> Attention | None:
        """What watches the words of a run of `recipe` while it is open; None where the model has no word maps."""
        if recipe.turns or unfit(self.calls):
            return None
        self._use(recipe)
        words = [word for word in self.prompts.tokens(recipe.prompt.text)[1] if any(map(str.isalnum, word.text))]
        return Attention(self.calls, words, recipe.size.height // self.calls.position, recipe.size.width // self.calls.position)

    def guidance(self, recipe: Recipe, steps: Sequence[Step], record: Snapshot, control: Control) -> torch.Tensor | None:
        """h×w: how far the prompt moved x0 in a step, from one more call of the denoiser; None if x0 is unknown."""
        without, prompted = self.predictions(recipe, steps, record.number, control)
        held = recipe.at(record.number)
        scale = held.sampling.guidance_scale if self.is_guided(held) else 1.0
        return views.guidance(record, without, prompted, scale, self.grid_of(recipe))

    def predictions(self, recipe: Recipe, steps: Sequence[Step], number: int, control: Control) -> tuple[torch.Tensor, torch.Tensor]:
        """What the denoiser answers in step `number` without and with the prompt, from one more call. Raises `NoGuidance`."""
        held = recipe.at(number)
        asked = held if self.is_guided(held) else held.with_values(guidance_scale=2.0)  # so that it is called without the prompt too
        if not self.is_guided(asked):
            raise NoGuidance
        arguments = self.prepare(asked, *self.encode(asked, control))
        without, prompted = ask(self.pipeline_for(asked), arguments, recipe.sampling.seed, control, steps, number).split(1)
        return without, prompted

    def prepare(self, recipe: Recipe, prompt: Encoded, negative_prompt: Encoded | None) -> dict[str, Any]:
        """Set the schedulers for a new run of `recipe`, and return the arguments of the call of `pipeline_for`."""
        if not self.calls.family.has_own_samplers:
            self.pipeline.scheduler = schedulers.build(samplers.sampler(recipe.sampling.sampler), self.scheduler_config, self.traits)
        own = {**self.calls.arguments(recipe), **prompt.arguments, **(negative_prompt.arguments if negative_prompt else {})}
        if (refiner := self._refining(recipe)) is None:
            return own
        family, share = refiner.calls.family, recipe.sampling.refine_from / 100
        refined = recipe.of_refiner.enlarged(family.enlarges)
        last = refiner.prepare(refined, *(refiner.encode(refined, Control()) if family.text_encoders else (prompt, negative_prompt)))
        if refiner.stage == UPSCALING:
            return {BASE: {**own, **family.handed}, UPSCALING: last}
        return {BASE: {**own, "denoising_end": share}, REFINER: {**last, "denoising_start": share}}

    def pipeline_for(self, recipe: Recipe) -> Pipeline:
        """The stock pipeline, or a chain of both where a refiner finishes the run."""
        refiner = self._refining(recipe)
        return Chain([Link(BASE, self.pipeline), Link(refiner.stage, refiner.pipeline)]) if refiner else self.pipeline

    def finisher(self, recipe: Recipe) -> LoadedModel:
        """The model that finishes runs of `recipe`, and so decodes."""
        return self._refining(recipe) or self

    def _refining(self, recipe: Recipe) -> LoadedModel | None:
        return self.refiner if recipe.refiner.name else None

    def grid_of(self, recipe: Recipe) -> Grid:
        """How latents of a run become a grid, B×C×h×w."""
        return partial(self.calls.grid, size=recipe.size)

    def decode(self, latents: torch.Tensor, size: Size, control: Control, step: int) -> Pixels:
        """Latents in the layout of the pipeline → the picture, exactly as the stock pipeline decodes it."""
        with Gates(self.calls.coders[1:], control), torch.no_grad():
            decoded = self.calls.decode(self.calls.grid(latents, size))
        if not decoded.isfinite().all():
            raise NotANumber(step=step)
        [image] = self.calls.images(decoded)
        return Pixels(image.width, image.height, image.tobytes())


def _departure(leg: Leg, steps: Sequence[Step]) -> Departure:
    """How `leg` continues `steps`: with its turn, unless the last step was already made after the turn."""
    if leg.turn is None or SnapshotReader([steps[-1].snapshot]).field(steps[-1].number, "turns") == leg.taken:
        return Departure(leg.taken)
    changes = leg.turn.changes
    refined = read_snapshot(steps, steps[-1].number).latents if leg.turn.refines else None
    seed = changes.get("refine", changes.get("noise_seed"))
    return Departure(leg.taken, seed if isinstance(seed, int) else None, leg.is_afresh, refined)

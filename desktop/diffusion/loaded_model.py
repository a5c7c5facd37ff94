"""LoadedModel: one model on its device, with everything that was learned about it since it was loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ..errors import NoGuidance, NotANumber, TurnForbidden
from . import branching, samplers, schedulers, views
from .branching import Leg
from .control import Control
from .denoise import Renderer, ask, denoise
from .device import Device
from .families import Family, family_of
from .gates import Gates
from .loader import load
from .preview import LinearMap, Previewer, preview_decoder
from .prompts import Encoded, PromptEncoder
from .recipe import Recipe
from .run import Pixels, Plan, Step
from .seam import Departure, Observation
from .snapshot import Snapshot, SnapshotReader, read_snapshot


@dataclass(slots=True)
class LoadedModel:
    """One model, ready, with all that was learned about it."""

    folder: Path
    fingerprint: str
    family: Family
    pipeline: Any
    scheduler_config: Mapping[str, Any]  # the model's own, whichever sampler runs
    prompts: PromptEncoder
    previewer: Previewer

    @classmethod
    def open(cls, folder: Path, fingerprint: str, device: Device, control: Control) -> LoadedModel:
        family, pipeline = family_of(folder), load(folder, device)

        def full(latents: torch.Tensor) -> torch.Tensor:
            return family.decode(pipeline, latents).permute(0, 2, 3, 1).add(1).mul(127.5)

        previewer = Previewer(
            LinearMap(pipeline.vae.config.latent_channels),
            preview_decoder(folder, device.dtype, device.torch),
            full,
            pipeline.vae_scale_factor,
            device.dtype,
        )
        with Gates([pipeline.vae.encoder, pipeline.vae.decoder], control):
            previewer.fit(lambda pictures: family.encode(pipeline, pictures))
        return cls(folder, fingerprint, family, pipeline, dict(pipeline.scheduler.config), PromptEncoder(pipeline), previewer)

    def work(self, recipe: Recipe) -> float:
        """Parameters × latent positions of one step."""
        return self.pipeline.unet.num_parameters() * self.family.positions(self.pipeline, recipe)

    def check_turns(self, recipe: Recipe, plan: Plan) -> None:
        """Raise `TurnForbidden` for the first turn of `recipe` that cannot be taken."""
        if found := branching.forbidden_turn(recipe, self.scheduler_config, self.pipeline.unet.config, plan):
            turn, reason = found
            raise TurnForbidden(step=turn.after, reason=reason)

    def encode(self, recipe: Recipe, control: Control) -> tuple[Encoded, Encoded | None]:
        """The prompt, and the negative one where it is read at all."""
        with Gates([self.pipeline.text_encoder], control):
            prompt = self.prompts.encode(recipe.prompt)
            return prompt, self.prompts.encode(recipe.negative_prompt) if self.family.is_guided(self.pipeline, recipe) else None

    def go(
        self,
        ahead: Sequence[tuple[Leg, Encoded, Encoded | None]],
        steps: list[Step],
        until: int | None,
        seed: int,
        control: Control,
        look: Renderer,
        watch: Callable[[Observation, Step], None],
        begin: Callable[[tuple[float, ...]], None],
        keep: Callable[[Step], None],
    ) -> torch.Tensor | None:
        """Go on after `steps` by the legs `ahead`; the finished latents, or None where it is to pause before.

        `keep` makes `steps` longer, and what is refined makes them shorter first.
        """
        for leg, prompt, negative_prompt in ahead:
            arguments = self.prepare(leg.recipe, prompt, negative_prompt)
            departure = _departure(leg, steps)
            if departure.refined is not None:
                if until is not None and until >= len(steps):
                    until = leg.turn.after + 1  # one step more is one step behind the turn
                del steps[leg.turn.after + 1 :]
            pause = min((each for each in (leg.until, until) if each is not None), default=None)
            latents = denoise(self.pipeline, arguments, seed, control, look, begin, keep, tuple(steps), pause, departure, watch)
            if until is not None and steps[-1].number >= until and leg is not ahead[-1][0]:
                return None
        return latents

    def guidance(self, recipe: Recipe, steps: Sequence[Step], record: Snapshot, control: Control) -> torch.Tensor:
        """h×w: how far the prompt moved x0 in a step; the denoiser is asked for it once more."""
        held = recipe.at(record.number)
        is_guided = self.family.is_guided(self.pipeline, held)
        asked = held if is_guided else replace(held, guidance_scale=2.0)  # so that it is asked without the prompt too
        if not self.family.is_guided(self.pipeline, asked):
            raise NoGuidance
        arguments = self.prepare(asked, *self.encode(asked, control))
        without, prompted = ask(self.pipeline, arguments, recipe.seed, control, steps, record.number).split(1)
        return views.guidance(record, without, prompted, held.guidance_scale if is_guided else 1.0)

    def prepare(self, recipe: Recipe, prompt: Encoded, negative_prompt: Encoded | None) -> dict[str, Any]:
        """Give the pipeline the recipe's sampler, as at the start of a run; the arguments of its call."""
        self.pipeline.scheduler = schedulers.build(samplers.sampler(recipe.sampler), self.scheduler_config)
        return self.family.arguments(recipe, prompt.embeds, negative_prompt.embeds if negative_prompt else None)

    def decode(self, latents: torch.Tensor, control: Control, step: int) -> Pixels:
        """Latents 1×C×h×w → the picture, as the stock pipeline would give it."""
        with Gates([self.pipeline.vae.decoder], control), torch.no_grad():
            decoded = self.family.decode(self.pipeline, latents)
        if not decoded.isfinite().all():
            raise NotANumber(step=step)
        [image] = self.pipeline.image_processor.postprocess(decoded, output_type="pil")
        return Pixels(image.width, image.height, image.tobytes())


def _departure(leg: Leg, steps: Sequence[Step]) -> Departure:
    """How `leg` leaves the steps so far: with its turn, unless the last of them was made behind it."""
    if leg.turn is None or SnapshotReader([steps[-1].snapshot]).field(steps[-1].number, "turns") == leg.taken:
        return Departure(leg.taken)
    changes = leg.turn.changes
    refined = read_snapshot(steps, steps[-1].number).latents if leg.turn.refines else None
    return Departure(leg.taken, changes.get("refine", changes.get("noise_seed")), leg.is_afresh, refined)

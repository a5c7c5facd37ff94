"""The preview decoder, distilled from the autoencoder: it makes every step visible for a fraction of what the step costs.

Its material is what it will be shown: latents of scenes, what a model expects early on (means of many pictures, blurred), what a
run's own estimates are once there is a model, and latents with noise in them. Its target is what the autoencoder makes of them.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from diffusers import AutoencoderTiny, DDIMScheduler, StableDiffusionPipeline
from torch.nn import functional as F

from desktop.diffusion.preview import PreviewDecoder

from .checkpoint import Course, PowerAverage, Progress, Training, warm_up
from .pixels import psnr, unsigned
from .precision import autocast
from .shape import Shape

SIDE = 128                         # px of a preview
CHANNELS, FEATURES = 128, 16       # where latents have 16 positions a side; more positions are given fewer, for the same cost
BATCH = 16
FRESH = 1                          # of a batch is decoded anew: the autoencoder costs more than all the rest
KEPT = 4096                        # decoded latents to learn from, the newest
HELD_OUT = 64                      # of the latents, the first; never learned from
REPORT_EVERY = 100                 # batches
STEPS, TOGETHER = 20, 4            # of the runs whose estimates are learned from; pictures at a time
LEVEL = 127.5                      # the decoder counts from 0 to 255, networks learn best in −1…1

Prompts = Callable[[], str]


class PreviewTraining(Training):
    """Learns to paint what the autoencoder would; can be stopped, saved (`state_dict`) and resumed between any two reports."""

    def __init__(self, autoencoder: AutoencoderTiny, shape: Shape, device: torch.device | str = "cpu", seed: int = 0) -> None:
        self.shape, self.device = shape, torch.device(device)
        self.autoencoder = autoencoder.to(self.device).eval().requires_grad_(False)
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            self._network = _fresh(shape).to(self.device, memory_format=torch.channels_last)
        network = self._network
        self._optimizer = torch.optim.AdamW([
            {"params": [*network.look.parameters(), *network.quarter.parameters()], "peak": 2e-3, "weight_decay": 1e-4},
            {"params": network.paint.parameters(), "peak": 2e-3 * LEVEL, "weight_decay": 0.0}], fused=True)
        self._average = PowerAverage(self._network)
        self.course = Course({"network": self._network, "optimizer": self._optimizer, "average": self._average}, seed)

    @property
    def decoder(self) -> PreviewDecoder:
        """As learned so far, on the CPU."""
        decoder = _fresh(self.shape)
        decoder.load_state_dict(self._average.weights)
        return decoder.eval()

    def train(self, latents: torch.Tensor, pipeline: StableDiffusionPipeline | None = None, prompts: Prompts | None = None,
              report_every: int = REPORT_EVERY) -> Iterator[Progress]:
        """Without end. `latents`: N×C×h×w as the sampler sees them; with `pipeline` half of the material are its runs' estimates."""
        course = self.course
        held_out = latents[:HELD_OUT]
        tests = {"clean": held_out, "early": early(held_out, course.noise)}
        targets = {name: self.paint(test) for name, test in tests.items()}
        sources = [_scenes(latents[HELD_OUT:], course.noise)]
        if pipeline is not None and prompts is not None:
            sources.append(_estimates(pipeline.to(self.device), prompts, self.shape, course.noise))
        material = itertools.chain.from_iterable(zip(*sources, strict=True))
        pool = _Pool(self.shape, self.device)
        while len(pool) < BATCH:
            self._decode_anew(pool, material)
        while True:
            began, losses = time.monotonic(), []
            for _ in range(report_every):
                self._decode_anew(pool, material)
                losses.append(self._learn(*pool.draw(course.noise)))
            course.seconds += time.monotonic() - began
            decoder = self.decoder
            note = ", ".join(f"{name} {likeness(decoder, test, targets[name]):.1f} dB" for name, test in tests.items())
            yield Progress(course.samples, course.seconds, float(torch.stack(losses).mean()), note)

    @torch.no_grad()
    def paint(self, latents: torch.Tensor) -> torch.Tensor:
        """What the autoencoder makes of N×C×h×w latents, at the size of a preview: N×SIDE×SIDE×3, uint8."""
        decoded = []
        for part in latents.split(BATCH):
            with autocast(self.device):
                scaled = part.to(self.device).contiguous(memory_format=torch.channels_last) / self.autoencoder.config.scaling_factor
                picture = self.autoencoder.decode(scaled).sample
            decoded.append(unsigned(F.adaptive_avg_pool2d(picture.float(), SIDE)))
        return torch.cat(decoded)

    def _decode_anew(self, pool: _Pool, material: Iterator[torch.Tensor]) -> None:
        latents = torch.stack(list(itertools.islice(material, FRESH)))
        pool.add(latents, self.paint(latents))

    def _learn(self, latents: torch.Tensor, pictures: torch.Tensor) -> torch.Tensor:
        course = self.course
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * warm_up(course.samples, over=50 * BATCH, reference=2_000 * BATCH)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.device.type == "cuda"):
            painted = self._network(latents.contiguous(memory_format=torch.channels_last))
        loss = _unlikeness((painted.float() - pictures.float()) / LEVEL, self._network.patch)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        course.samples += len(latents)
        self._average.update(course.samples)
        return loss.detach()


def early(latents: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """What a model may expect early in a run, when many pictures are still possible: partly their mean, and without detail."""
    others = latents[torch.randint(len(latents), (5, len(latents)), generator=chance)].mean(0)
    how_early, how_soft = torch.rand(2, len(latents), 1, 1, 1, generator=chance)
    expected = torch.lerp(latents, others, how_early)
    positions = max(1, latents.shape[-1] // int(torch.randint(2, 9, (), generator=chance)))
    soft = F.interpolate(F.adaptive_avg_pool2d(expected, positions), latents.shape[2:], mode="bilinear")
    return torch.lerp(expected, soft, how_soft)


def noisy(latents: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Somewhere on the way from the picture to pure noise."""
    angle = torch.rand(len(latents), 1, 1, 1, generator=chance) * math.pi / 2
    return angle.cos() * latents + angle.sin() * torch.randn(latents.shape, generator=chance)


@torch.no_grad()
def likeness(decoder: PreviewDecoder, latents: torch.Tensor, pictures: torch.Tensor) -> float:
    """PSNR in dB of the previews against N×SIDE×SIDE×3 pictures, the mean over them."""
    return psnr(torch.cat([decoder(part) for part in latents.split(32)]).clamp(0, 255), pictures.cpu())


class _Pool:
    """The newest latents that were decoded, with their pictures, on the device."""

    def __init__(self, shape: Shape, device: torch.device) -> None:
        self._latents = torch.empty(KEPT, shape.channels, shape.latent_side, shape.latent_side, device=device)
        self._pictures = torch.empty(KEPT, SIDE, SIDE, 3, dtype=torch.uint8, device=device)
        self._added = 0

    def __len__(self) -> int:
        return min(self._added, KEPT)

    def add(self, latents: torch.Tensor, pictures: torch.Tensor) -> None:
        places = torch.arange(self._added, self._added + len(latents)) % KEPT
        self._latents[places], self._pictures[places] = latents.to(self._latents.device), pictures
        self._added += len(latents)

    def draw(self, chance: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        places = torch.randint(len(self), (BATCH,), generator=chance)
        return self._latents[places], self._pictures[places]


def _fresh(shape: Shape) -> PreviewDecoder:
    side = shape.latent_side
    decoder = PreviewDecoder(shape.channels, CHANNELS * 16 // side, FEATURES * 16 // side, patch=SIDE // side // 2)
    with torch.no_grad():
        decoder.paint.weight.mul_(LEVEL)
        decoder.paint.bias.add_(1).mul_(LEVEL)
    return decoder


def _scenes(latents: torch.Tensor, chance: torch.Generator) -> Iterator[torch.Tensor]:
    """One at a time, for ever: two fifths as they are, two fifths as they are expected early on, one fifth in noise."""
    while True:
        chosen = latents[torch.randint(len(latents), (10,), generator=chance)].float()
        yield from chosen[:4]
        yield from early(chosen, chance)[4:8]
        yield from noisy(chosen[8:], chance)


@contextmanager
def estimates(scheduler: DDIMScheduler) -> Iterator[list[torch.Tensor]]:
    """The x0 of every step that is made meanwhile, in order, as DDIM estimates it."""
    step, seen = scheduler.step, []

    def recording_step(*arguments: Any, **keywords: Any) -> Any:
        result = step(*arguments, **keywords)
        seen.append(result[1])
        return result

    scheduler.step = recording_step
    try:
        yield seen
    finally:
        del scheduler.step


def _estimates(pipeline: StableDiffusionPipeline, prompts: Prompts, shape: Shape, chance: torch.Generator) -> Iterator[torch.Tensor]:
    """The estimates and the final latents of the model's own runs, one at a time, for ever."""
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    while True:
        guidance_scale = 3 + 4 * float(torch.rand((), generator=chance))
        with estimates(pipeline.scheduler) as seen:
            final = pipeline([prompts() for _ in range(TOGETHER)], num_inference_steps=STEPS, guidance_scale=guidance_scale,
                             generator=chance, width=shape.side, height=shape.side, output_type="latent").images
        yield from torch.cat([*seen, final]).float()


def _unlikeness(error: torch.Tensor, patch: int) -> torch.Tensor:
    """Of B×H×W×3 errors. Their slopes count too, where two patches meet most of all: without that the patches show as a grid."""
    loss = error.abs().mean() + 2 * error.square().mean()
    for slope in (error.diff(dim=1), error.diff(dim=2).transpose(1, 2)):
        loss = loss + slope.abs().mean() + slope[:, patch - 1::patch].abs().mean() / 2
    return loss

"""Training of the preview decoder, which is distilled from the autoencoder and shows every step at a fraction of the step's cost.

It learns from what it will decode: latents of scenes, blurred means of several latents as in early steps, noisy latents, and,
if there is a UNet, the x0 predictions of its runs. The targets are the autoencoder's pictures of the same latents.
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

from ..diffusion.device import channels_last
from ..diffusion.preview import PreviewDecoder
from .checkpoint import Course, PowerAverage, Training, TrainingReport, seeded, warm_up
from .pixels import psnr, unsigned
from .precision import autocast
from .shape import Shape

SIDE = 128  # px of a preview
CHANNELS, FEATURES = 128, 16  # for latents of 16 × 16 positions; fewer for more positions, at the same cost
BATCH = 16
FRESH = 1  # latents decoded for each batch: the autoencoder costs more than everything else
KEPT = 4096  # newest decoded latents in the pool
HELD_OUT = 64  # the first latents, used only to measure
REPORT_EVERY = 100  # batches
STEPS, TOGETHER = 20, 4  # of the runs that give x0 predictions; pictures in a batch
LEVEL = 127.5  # the decoder's output is 0…255; the loss is computed in −1…1

Prompts = Callable[[], str]


class PreviewTraining(Training):
    """Training of the preview decoder. It can be stopped, saved (`state_dict`) and resumed between any two reports."""

    def __init__(self, autoencoder: AutoencoderTiny, shape: Shape, device: torch.device | str = "cpu", seed: int = 0) -> None:
        self.shape, self.device = shape, torch.device(device)
        self.autoencoder = autoencoder.to(self.device).eval().requires_grad_(False)
        with seeded(seed):
            self._network = channels_last(_fresh(shape), self.device)
        network = self._network
        self._optimizer = torch.optim.AdamW(
            [
                {"params": [*network.look.parameters(), *network.quarter.parameters()], "peak": 2e-3, "weight_decay": 1e-4},
                {"params": network.paint.parameters(), "peak": 2e-3 * LEVEL, "weight_decay": 0.0},
            ],
            fused=True,
        )
        self._average = PowerAverage(self._network)
        self.course = Course({"network": self._network, "optimizer": self._optimizer, "average": self._average}, seed)

    @property
    def decoder(self) -> PreviewDecoder:
        """The averaged decoder so far, on the CPU."""
        decoder = _fresh(self.shape)
        decoder.load_state_dict(self._average.weights)
        return decoder.eval()

    def train(
        self,
        latents: torch.Tensor,
        pipeline: StableDiffusionPipeline | None = None,
        prompts: Prompts | None = None,
        report_every: int = REPORT_EVERY,
    ) -> Iterator[TrainingReport]:
        """Learn without end. `latents`: N×C×h×w in the sampler's scale; with `pipeline` half of the material comes from its runs."""
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
            self._decode_new(pool, material)
        while True:
            began, losses = time.monotonic(), []
            for _ in range(report_every):
                self._decode_new(pool, material)
                losses.append(self._learn(*pool.draw(course.noise)))
            course.seconds += time.monotonic() - began
            decoder = self.decoder
            note = ", ".join(f"{name} {likeness(decoder, test, targets[name]):.1f} dB" for name, test in tests.items())
            yield TrainingReport(course.samples, course.seconds, float(torch.stack(losses).mean()), note)

    @torch.no_grad()
    def paint(self, latents: torch.Tensor) -> torch.Tensor:
        """Decode N×C×h×w latents with the autoencoder at the size of a preview: N×SIDE×SIDE×3 uint8."""
        decoded = []
        for part in latents.split(BATCH):
            with autocast(self.device):
                scaled = part.to(self.device).contiguous(memory_format=torch.channels_last) / self.autoencoder.config.scaling_factor
                picture = self.autoencoder.decode(scaled).sample
            decoded.append(unsigned(F.adaptive_avg_pool2d(picture.float(), SIDE)))
        return torch.cat(decoded)

    def _decode_new(self, pool: _Pool, material: Iterator[torch.Tensor]) -> None:
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
    """Imitate x0 predictions of early steps: blend latents with the mean of others and blur them."""
    others = latents[torch.randint(len(latents), (5, len(latents)), generator=chance)].mean(0)
    how_early, how_soft = torch.rand(2, len(latents), 1, 1, 1, generator=chance)
    expected = torch.lerp(latents, others, how_early)
    positions = max(1, latents.shape[-1] // int(torch.randint(2, 9, (), generator=chance)))
    soft = F.interpolate(F.adaptive_avg_pool2d(expected, positions), latents.shape[2:], mode="bilinear")
    return torch.lerp(expected, soft, how_soft)


def noisy(latents: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Add noise of a random level, from none to pure noise."""
    angle = torch.rand(len(latents), 1, 1, 1, generator=chance) * math.pi / 2
    return angle.cos() * latents + angle.sin() * torch.randn(latents.shape, generator=chance)


@torch.no_grad()
def likeness(decoder: PreviewDecoder, latents: torch.Tensor, pictures: torch.Tensor) -> float:
    """PSNR in dB of the previews against N×SIDE×SIDE×3 pictures, the mean over the pictures."""
    return psnr(torch.cat([decoder(part) for part in latents.split(32)]).clamp(0, 255), pictures.cpu())


class _Pool:
    """The newest decoded latents and their pictures, on the device."""

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
    assert decoder.paint.bias is not None  # as is every convolution of a PreviewDecoder
    with torch.no_grad():
        decoder.paint.weight.mul_(LEVEL)
        decoder.paint.bias.add_(1).mul_(LEVEL)
    return decoder


def _scenes(latents: torch.Tensor, chance: torch.Generator) -> Iterator[torch.Tensor]:
    """Yield latents without end: two fifths unchanged, two fifths as in early steps, one fifth noisy."""
    while True:
        chosen = latents[torch.randint(len(latents), (10,), generator=chance)].float()
        yield from chosen[:4]
        yield from early(chosen, chance)[4:8]
        yield from noisy(chosen[8:], chance)


@contextmanager
def estimates(scheduler: DDIMScheduler) -> Iterator[list[torch.Tensor]]:
    """Collect the x0 prediction of every DDIM step made inside the context, in order."""
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
    """Yield the x0 predictions and final latents of the model's runs without end."""
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    while True:
        guidance_scale = 3 + 4 * float(torch.rand((), generator=chance))
        with estimates(pipeline.scheduler) as seen:
            final = pipeline(
                [prompts() for _ in range(TOGETHER)],
                num_inference_steps=STEPS,
                guidance_scale=guidance_scale,
                generator=chance,
                width=shape.side,
                height=shape.side,
                output_type="latent",
            ).images
        yield from torch.cat([*seen, final]).float()


def _unlikeness(error: torch.Tensor, patch: int) -> torch.Tensor:
    """Loss of B×H×W×3 errors and of their gradients. Gradients at patch borders count more, otherwise the patches show as a grid."""
    loss = error.abs().mean() + 2 * error.square().mean()
    for slope in (error.diff(dim=1), error.diff(dim=2).transpose(1, 2)):
        loss = loss + slope.abs().mean() + slope[:, patch - 1 :: patch].abs().mean() / 2
    return loss

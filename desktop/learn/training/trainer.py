"""Trainer: Algorithm 1 on a net, step by step."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import diffusers
import numpy as np
import torch
from diffusers import DDIMScheduler, UNet2DModel
from diffusers.training_utils import EMAModel
from torch.nn import functional

from ...errors import TrainingDiverged
from .checkpoint import Checkpoint, Kept
from .course import TIMESTEPS, Course, Draw, Predicts, chance, order
from .events import Glimpse
from .net import Shape, new_net

STEADY_FROM = 40  # steps; before that the average of the weights is worse than the weights
BETAS = (0.9, 0.99)
STATES = ("exp_avg", "exp_avg_sq", "step")  # of AdamW, for each weight


class Trainer:
    """A net, its optimiser and the average of its weights, after `step` steps."""

    def __init__(self, course: Course, pixels: np.ndarray, labels: np.ndarray | None) -> None:
        """`pixels` N×side×side×3, uint8; `labels` N, or None."""
        self.course = course
        self.step = 0
        self.pixels = pixels
        self.labels = labels if course.kinds else None
        self.net = new_net(Shape(course.side, course.widths, course.kinds, course.is_folded), course.seed)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), course.rate, betas=BETAS, weight_decay=0.0, fused=True)
        self.average = EMAModel(self.net.parameters(), decay=course.decay, foreach=True)
        self._remaining = scheduler(course).alphas_cumprod  # ᾱ

    def learn(self) -> Glimpse:
        """One step. Raises `TrainingDiverged` before the weights change if the loss or the gradient is not a finite number."""
        begun = time.perf_counter()
        course, draw = self.course, chance(self.course.seed, self.step, Draw.NOISE)
        chosen = order(course.seed, self.step, len(self.pixels), course.batch)
        t = torch.from_numpy(draw.integers(0, TIMESTEPS, course.batch))
        x0 = to_tensor(self.pixels[chosen])
        noise = torch.from_numpy(draw.standard_normal(x0.shape, dtype=np.float32))
        labels = None
        if self.labels is not None:
            untold = draw.random(course.batch) < course.dropped
            labels = torch.from_numpy(np.where(untold, course.kinds, self.labels[chosen]).astype(np.int64))
        left = self._remaining[t][:, None, None, None]
        noisy = left.sqrt() * x0 + (1 - left).sqrt() * noise
        said = self.net(noisy, t, labels).sample
        if course.predicts is Predicts.PICTURE:
            weight = (1 / (1 - left)).clamp(max=course.most_weight)  # 1 + SNR
            loss = (weight * (said - x0).square()).mean()
        else:
            loss = functional.mse_loss(said, noise)
        loss.backward()
        length = torch.nn.utils.clip_grad_norm_(self.net.parameters(), course.clip)
        rate = course.rate_at(self.step)
        if not (torch.isfinite(loss) and torch.isfinite(length)):
            self.optimiser.zero_grad()
            raise TrainingDiverged(step=self.step + 1, rate=f"{course.rate:g}")
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.average.step(self.net.parameters())
        self.step += 1
        with torch.no_grad():
            guess = split(course, noisy[:1], said[:1], left[:1])[0]
        return Glimpse(
            self.step,
            int(chosen[0]),
            int(t[0]),
            float(left[0]),
            float(loss.detach()),
            rate,
            float(length),
            time.perf_counter() - begun,
            self.pixels[chosen[0]],
            to_pixels(noisy[:1])[0],
            to_pixels(guess)[0],
        )

    def checkpoint(self, losses: Sequence[float]) -> Checkpoint:
        """A copy of everything as it is now. Takes some 10 ms."""
        tensors = {f"net.{name}": tensor for name, tensor in self.net.state_dict().items()}
        states = self.optimiser.state_dict()["state"]
        for number, average in enumerate(self.average.shadow_params):
            tensors[f"average.{number}"] = average
            if number in states:  # none before the first step
                tensors |= {f"optimiser.{number}.{name}": states[number][name] for name in STATES}
        kept = Kept(self.course, self.step, torch.get_num_threads(), versions(), tuple(losses))
        return Checkpoint(kept, {name: tensor.detach().numpy().copy() for name, tensor in tensors.items()})

    def restore(self, checkpoint: Checkpoint) -> None:
        """Continue from `checkpoint`. Raises `KeyError`, `ValueError` or `RuntimeError` if it is of another net."""
        tensors = {name: torch.from_numpy(array.copy()) for name, array in checkpoint.tensors.items()}
        step, count = checkpoint.kept.step, len(self.average.shadow_params)
        self.net.load_state_dict({name: tensors[f"net.{name}"] for name in self.net.state_dict()})
        averages = [tensors[f"average.{number}"] for number in range(count)]
        self.average.load_state_dict(self.average.state_dict() | {"shadow_params": averages, "optimization_step": step})
        states = {number: {name: tensors[f"optimiser.{number}.{name}"] for name in STATES} for number in range(count if step else 0)}
        self.optimiser.load_state_dict(self.optimiser.state_dict() | {"state": states})
        self.step = step

    def steady(self) -> UNet2DModel:
        """A copy of the net with the weights that samples are made with: their average, except in the very first steps."""
        net = copy.deepcopy(self.net).requires_grad_(False)
        if self.step >= STEADY_FROM:
            self.average.copy_to(net.parameters())
        return net.eval()


def versions() -> dict[str, str]:
    """Of the libraries that decide the bits: neither of them promises the same random numbers or sums in another version."""
    return {"torch": str(torch.__version__), "numpy": np.__version__, "diffusers": diffusers.__version__}


def scheduler(course: Course) -> DDIMScheduler:
    """Its cosine is that of Nichol and Dhariwal 2021; the last step ends at ᾱ = 1."""
    return DDIMScheduler(
        num_train_timesteps=TIMESTEPS,
        beta_schedule="squaredcos_cap_v2",
        prediction_type=course.predicts.value,
        clip_sample=True,
        timestep_spacing="trailing",
    )


def split(course: Course, noisy: torch.Tensor, said: torch.Tensor, left: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What the net said at x_t, as (x0, noise). `left` is ᾱ."""
    if course.predicts is Predicts.PICTURE:
        return said, (noisy - left.sqrt() * said) / (1 - left).sqrt()
    return (noisy - (1 - left).sqrt() * said) / left.sqrt(), said


@dataclass(frozen=True, slots=True)
class Wish:
    """Samples to make: one picture for each seed."""

    seeds: tuple[int, ...]
    labels: tuple[int, ...] = ()  # one for each seed; empty where the net has no labels. `course.kinds` means none
    guidance: float = 1.0
    steps: int = 20


@torch.no_grad()
def sample(net: UNet2DModel, course: Course, wish: Wish) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (x0 as it is seen, x_t after the step) of each denoising step, N×side×side×3, uint8. The last x_t are the samples.

    DDIM, deterministic: each picture is a function of the weights, its seed and its label. A guided x0 leaves −1…1; the noise then
    follows from the clipped one, for otherwise the next x_t would be none that the net has learned.
    """
    steps = scheduler(course)
    steps.set_timesteps(wish.steps)
    shape = (3, course.side, course.side)
    x = torch.from_numpy(np.stack([chance(seed, 0, Draw.SAMPLE).standard_normal(shape, dtype=np.float32) for seed in wish.seeds]))
    labels = torch.tensor(wish.labels) if course.kinds else None
    for t in steps.timesteps:
        said = net(x, t, labels).sample
        if labels is not None and wish.guidance != 1:
            plain = net(x, t, torch.full_like(labels, course.kinds)).sample
            said = plain + wish.guidance * (said - plain)
        stepped = steps.step(said, t, x, use_clipped_model_output=wish.guidance != 1)
        x = stepped.prev_sample
        yield to_pixels(stepped.pred_original_sample), to_pixels(x)


def to_tensor(pixels: np.ndarray) -> torch.Tensor:
    """N×side×side×3 uint8 → N×3×side×side float32, −1…1."""
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))).float() / 127.5 - 1


def to_pixels(x: torch.Tensor) -> np.ndarray:
    """Inverse of `to_tensor`; what is outside of −1…1 is clipped."""
    return ((x.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).contiguous().numpy()

"""The judge that measures the starter model: `python -m desktop.starter.judge [--minutes N]`, after --stage data.

A classifier that says what a picture shows. It is trained on renders with the faults of generated pictures: blurred, warped,
recoloured and noisy. No part of the model is trained with it; the perceptual loss uses another network (`perception`).
"""

from __future__ import annotations

import argparse
import io
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from diffusers import AutoencoderTiny
from PIL import Image
from torch import nn
from torch.nn import functional as F

from ..diffusion.device import channels_last
from . import checkpoint
from .checkpoint import Course, PowerAverage, Training, TrainingReport, seeded, warm_up
from .pixels import signed, unsigned
from .precision import autocast
from .scenes import Studio
from .shape import SHAPES, SMALL, work_folder
from .world import GROUNDS, Arrangement, Scene, World

SIDE = 96  # px of the judge's input
PAINTED = 128  # px of the renders in training
WIDTHS = (32, 64, 128, 256)
MOST = 4  # largest count
BATCH = 32
PEAK = 2e-3  # learning rate
FRESH = 8  # renders painted for each batch; each is used about four times with different distortions
KEPT = 4096  # newest renders in the pool
REPORT_EVERY = 100  # batches
HELD_OUT = 512  # renders of held-out combinations that measure its accuracy
# More pairs and groups than in the model's training: they are harder.
WEIGHTS = (
    (Arrangement.ONE, 0.35),
    (Arrangement.SEVERAL, 0.2),
    (Arrangement.WITH, 0.2),
    (Arrangement.BESIDE, 0.12),
    (Arrangement.ABOVE, 0.09),
    (Arrangement.ALONE_GROUND, 0.04),
)


@dataclass(frozen=True)
class Sight:
    """The judge's answer for one picture."""

    things: frozenset[str]  # keys of things with a probability above 0.5
    count: int  # of all things, 0…4
    ground: str  # key


class Opinion(NamedTuple):
    """Logits for B pictures."""

    things: torch.Tensor  # B×things, independent of each other
    counts: torch.Tensor  # B×5
    ground: torch.Tensor  # B×grounds


class Block(nn.Module):
    """Residual block of two convolutions (He et al., arXiv 1512.03385)."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
            nn.Conv2d(after, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
        )
        self.shortcut = (
            nn.Identity()
            if (before, stride) == (after, 1)
            else nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
        )

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        return F.relu(self.body(seen) + self.shortcut(seen))


class Judge(nn.Module):
    """The network. `things` and `grounds`: keys in the order of the logits; `widths`: channels of the blocks."""

    def __init__(self, things: Sequence[str], grounds: Sequence[str], widths: Sequence[int]) -> None:
        super().__init__()
        self.known_things, self.known_grounds, self.widths = tuple(things), tuple(grounds), tuple(widths)
        self.stem = nn.Sequential(nn.Conv2d(3, widths[0], 8, 4, 2, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU(inplace=True))
        self.blocks = nn.Sequential(
            *(
                Block(before, after, stride=2 if number else 1)
                for number, (before, after) in enumerate(itertools.pairwise((widths[0], *widths)))
            )
        )
        self.things = nn.Linear(widths[-1], len(self.known_things))
        self.count = nn.Linear(widths[-1], MOST + 1)
        self.ground = nn.Linear(widths[-1], len(self.known_grounds))
        nn.init.constant_(self.things.bias, -4)  # most things are absent in most pictures

    @classmethod
    def load(cls, path: Path) -> Self:
        """Load the averaged weights from a training's checkpoint."""
        state = checkpoint.load(path)
        judge = cls(state["things"], state["grounds"], state["widths"])
        judge.load_state_dict(state["parts"]["average"]["weights"])
        return channels_last(judge.eval())

    def forward(self, pictures: torch.Tensor) -> Opinion:
        """B×3×SIDE×SIDE in −1…1 → logits."""
        seen = self.blocks(self.stem(pictures)).mean((2, 3))
        return Opinion(self.things(seen), self.count(seen), self.ground(seen))

    @torch.no_grad()
    def look(self, pictures: torch.Tensor) -> list[Sight]:
        """Classify N×H×W×3 uint8 pictures of any size."""
        weight = self.things.weight
        sights = []
        for part in pictures.split(64):
            seen = F.interpolate(signed(part.to(weight.device)), (SIDE, SIDE), mode="bilinear", antialias=True)
            with autocast(weight.device):
                opinion = self(seen.contiguous(memory_format=torch.channels_last))
            for there, count, ground in zip(
                (opinion.things > 0).tolist(), opinion.counts.argmax(1).tolist(), opinion.ground.argmax(1).tolist(), strict=True
            ):
                sights.append(Sight(frozenset(itertools.compress(self.known_things, there)), count, self.known_grounds[ground]))
        return sights


def standing(scene: Scene) -> int:
    """Number of things that a scene shows."""
    return scene.count if len(scene.things) < 2 else 2


class JudgeTraining(Training):
    """Training of the judge. It can be stopped, saved (`state_dict`) and resumed between any two reports; the pool is painted again."""

    def __init__(
        self,
        studio: Studio,
        world: World,
        autoencoder: AutoencoderTiny | None = None,
        device: torch.device | str = "cpu",
        seed: int = 0,
        widths: Sequence[int] = WIDTHS,
    ) -> None:
        self.studio, self.world, self.autoencoder, self.device = studio, world, autoencoder, torch.device(device)
        with seeded(seed):
            self._network = Judge([thing.key for thing in world.things], list(GROUNDS), widths)
        channels_last(self._network, self.device)
        self._optimizer = torch.optim.AdamW(self._network.parameters(), weight_decay=2e-2, fused=True)
        self._average = PowerAverage(self._network)
        self.course = Course({"judge": self._network, "optimizer": self._optimizer, "average": self._average}, seed)

    @property
    def judge(self) -> Judge:
        """The averaged network so far."""
        judge = Judge(self._network.known_things, self._network.known_grounds, self._network.widths)
        judge.load_state_dict(self._average.weights)
        return channels_last(judge.eval(), self.device)

    def state_dict(self) -> dict[str, Any]:
        network = self._network
        return {**super().state_dict(), "things": network.known_things, "grounds": network.known_grounds, "widths": network.widths}

    def train(self, batch: int = BATCH, kept: int = KEPT, report_every: int = REPORT_EVERY, side: int = 256) -> Iterator[TrainingReport]:
        """Learn without end. `side`: px of the pictures to judge."""
        course, chance = self.course, random.Random(0)
        unseen = [self.world.held_out(chance) for _ in range(HELD_OUT)]
        shown = torch.from_numpy(np.stack([self.studio.paint(scene, side) for scene in unseen]))
        pool = _Pool(kept, self._network)
        self._paint_new(pool, min(kept, 16 * batch), side)
        while True:
            began, losses = time.monotonic(), []
            for _ in range(report_every):
                self._paint_new(pool, batch * FRESH // BATCH, side)
                losses.append(self._learn(*pool.draw(batch, course.noise)))
            course.seconds += time.monotonic() - began
            rates = accuracy(self.judge, unseen, shown)
            yield TrainingReport(
                course.samples,
                course.seconds,
                float(torch.stack(losses).mean()),
                ", ".join(f"{name} {rate:.1%}" for name, rate in rates.items()),
            )

    def _paint_new(self, pool: _Pool, number: int, side: int) -> None:
        for _ in range(number):
            scene = self.world.imagine(self.course.chance)
            fault = self.course.chance.random()
            if self.autoencoder is not None and fault < 1 / 16:
                picture = self._through_latents(self.autoencoder, self.studio.paint(scene, side))
            else:
                picture = self.studio.paint(scene, PAINTED)
                if fault > 7 / 8:
                    picture = _through_jpeg(picture, self.course.chance.randrange(30, 80))
            pool.add(scene, picture)

    @torch.no_grad()
    def _through_latents(self, autoencoder: AutoencoderTiny, picture: np.ndarray) -> np.ndarray:
        """Encode a picture, disturb the latents a little and decode them, as if a generator had made it."""
        weight = next(autoencoder.parameters())
        latents = autoencoder.encode(signed(torch.from_numpy(picture)[None]).to(weight)).latents
        error = torch.randn(latents.shape, generator=self.course.noise) * 0.3 * self.course.chance.random()
        made = autoencoder.decode(latents + error.to(latents)).sample.float().clamp(-1, 1)
        return unsigned(F.adaptive_avg_pool2d(made, PAINTED))[0].cpu().numpy()

    def _learn(self, pictures: torch.Tensor, target: Opinion) -> torch.Tensor:
        course = self.course
        for group in self._optimizer.param_groups:
            group["lr"] = PEAK * warm_up(course.samples, over=30 * BATCH, reference=1_500 * BATCH)
        seen = spoil(signed(pictures.to(self.device)), course.noise)
        with autocast(self.device):
            opinion = self._network(seen.contiguous(memory_format=torch.channels_last))
        things, count, ground = (part.to(self.device) for part in target)
        loss = (
            F.binary_cross_entropy_with_logits(opinion.things.float(), things, reduction="sum") / len(things)
            + F.cross_entropy(opinion.counts.float(), count)
            + F.cross_entropy(opinion.ground.float(), ground)
        )
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        course.samples += len(things)
        self._average.update(course.samples)
        return loss.detach()


class _Pool:
    """The newest renders and their labels."""

    def __init__(self, kept: int, judge: Judge) -> None:
        self._pictures = torch.empty(kept, PAINTED, PAINTED, 3, dtype=torch.uint8)
        self._target = Opinion(
            torch.zeros(kept, len(judge.known_things)), torch.zeros(kept, dtype=torch.long), torch.zeros(kept, dtype=torch.long)
        )
        self._thing = {key: number for number, key in enumerate(judge.known_things)}
        self._ground = {key: number for number, key in enumerate(judge.known_grounds)}
        self._added = 0

    def add(self, scene: Scene, picture: np.ndarray) -> None:
        place = self._added % len(self._pictures)
        self._pictures[place] = torch.from_numpy(picture)
        self._target.things[place] = 0
        self._target.things[place, [self._thing[thing.key] for thing in scene.things]] = 1
        self._target.counts[place], self._target.ground[place] = standing(scene), self._ground[scene.ground.key]
        self._added += 1

    def draw(self, batch: int, chance: torch.Generator) -> tuple[torch.Tensor, Opinion]:
        places = torch.randint(min(self._added, len(self._pictures)), (batch,), generator=chance)
        return self._pictures[places], Opinion(*(part[places] for part in self._target))


def spoil(pictures: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """B×3×H×W in −1…1 → B×3×SIDE×SIDE, distorted as generated pictures are: moved, warped, blurred, recoloured, noisy."""
    batch, device = len(pictures), pictures.device

    def drawn(*shape: int) -> torch.Tensor:
        return (torch.rand(batch, *shape, generator=chance) * 2 - 1).to(device)

    strength = torch.rand(batch, 1, 1, 1, generator=chance).to(device)
    scale, shift, warp = 1 + 0.12 * drawn(1, 1, 1), 0.1 * drawn(1, 1, 2), 0.05 * strength * drawn(2, 5, 5)
    rows, columns = torch.meshgrid(*[torch.linspace(-1, 1, SIDE, device=device)] * 2, indexing="ij")
    bend = F.interpolate(warp, (SIDE, SIDE), mode="bicubic").permute(0, 2, 3, 1)
    seen = F.grid_sample(pictures, torch.stack([columns, rows], -1) * scale + shift + bend, padding_mode="border", align_corners=False)
    coarse = SIDE // int(torch.randint(2, 5, (), generator=chance))
    soft = F.interpolate(F.adaptive_avg_pool2d(seen, coarse), (SIDE, SIDE), mode="bilinear")
    seen = torch.lerp(seen, soft, (1.5 * drawn(1, 1, 1)).clamp(0, 1))
    seen = seen * (1 + 0.15 * drawn(1, 1, 1)) * (1 + 0.06 * drawn(3, 1, 1)) + 0.1 * drawn(1, 1, 1)
    return seen + 0.1 * strength * torch.randn(seen.shape, generator=chance).to(device)


def accuracy(judge: Judge, scenes: Sequence[Scene], pictures: torch.Tensor) -> dict[str, float]:
    """Share of right answers of each kind for N×H×W×3 pictures of `scenes`."""
    seen = list(zip(scenes, judge.look(pictures), strict=True))
    kinds = {
        "one": [(scene, sight) for scene, sight in seen if len(scene.things) == 1],
        "two": [(scene, sight) for scene, sight in seen if len(scene.things) == 2],
    }
    rates = {
        f"{name} named": _share({thing.key for thing in scene.things} == sight.things for scene, sight in some)
        for name, some in kinds.items()
    }
    return {
        **rates,
        "count": _share(standing(scene) == sight.count for scene, sight in seen),
        "ground": _share(scene.ground.key == sight.ground for scene, sight in seen),
    }


def _share(claims: Iterator[bool]) -> float:
    told = list(claims)
    return sum(told) / len(told) if told else float("nan")


def _through_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=18, help="that this run learns; resumes from judge.pt if it exists")
    parser.add_argument("--shape", choices=SHAPES, default=SMALL.name, help="of the model to judge")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--folder", type=Path, help="work folder of the build (default: in the cache, one for each shape)")
    chosen = parser.parse_args()
    folder = chosen.folder or work_folder(chosen.shape)
    made, path, material = folder / "autoencoder", folder / "judge.pt", folder / "material.zip"
    if not material.exists():
        parser.error(f"{material} is missing. Run python -m desktop.starter.build --stage data first.")
    autoencoder = AutoencoderTiny.from_pretrained(made).to(chosen.device).eval() if made.exists() else None
    training = JudgeTraining(Studio(material), World(SHAPES[chosen.shape].tier, WEIGHTS), autoencoder, chosen.device)
    if path.exists():
        begun = checkpoint.load(path, chosen.device)
        own = training.judge
        if (tuple(begun["things"]), tuple(begun["grounds"])) != (own.known_things, own.known_grounds):
            parser.error(f"{path} learned other things than the model has now. Move it away; a new judge learns from the beginning.")
        training.load_state_dict(begun)
    end = time.monotonic() + 60 * chosen.minutes
    for progress in training.train():
        print(progress, flush=True)
        checkpoint.save(path, training.state_dict())
        if time.monotonic() > end:
            break


if __name__ == "__main__":
    main()

"""Measure a starter model: `python -m desktop.starter.evaluate [--model DIR] [--table FILE] [--sheet FILE]`

Every question is a combination of things, ground and arrangement that training never saw, asked in English and in Chinese
with the same initial noise, in varied wording; two things in several, because their wording counts for much. A separately trained
classifier (`judge`) says what the pictures show. Its answers for renders of the same scenes, before and after the model's
autoencoder, are listed beside as the upper limit.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import math
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from ..diffusion import samplers, schedulers
from ..diffusion.control import Control
from ..diffusion.device import best_device
from ..diffusion.engine import Engine
from ..diffusion.families.calls import calls_of
from ..diffusion.loader import load
from ..diffusion.preview import preview_decoder
from ..diffusion.recipe import Recipe
from ..diffusion.request import Request
from ..diffusion.run import Event, Previews, Step
from ..resources import STARTER
from .captions import LANGUAGES, Language, cut, describe
from .export import GUIDANCE_SCALE, PROMPTS, sheet
from .judge import Judge, Sight
from .perception import NoWeights, Perception
from .pixels import gradient_energy, psnr, signed, unsigned
from .preview import estimates
from .scenes import Studio
from .shape import SHAPES, SMALL, work_folder
from .world import Arrangement, Ground, Scene, Thing, World, things

ALONE, PAIRS, EACH_COUNT = 80, 36, 8  # questions: one thing (at least), two things, two and three and four of one thing each
WORDINGS = 4  # of each question about two things
STEPS, TOGETHER = 50, 8  # of a run; pictures in a batch
RENDERS = 3  # of each question, for the accuracy of the judge itself
Row = tuple[str, str, str, str]  # of the second table: measure, value, goal, met
TWO = frozenset((Arrangement.BESIDE, Arrangement.ABOVE, Arrangement.WITH))


@dataclass(frozen=True)
class Measure:
    name: str
    goal: float | None  # least share of right pictures
    asked: Collection[Arrangement]
    is_right: Callable[[Scene, Sight], bool]

    def answers(self, scenes: Sequence[Scene], sights: Sequence[Sight]) -> list[bool]:
        return [self.is_right(scene, sight) for scene, sight in zip(scenes, sights, strict=True) if scene.arrangement in self.asked]


def _keys(scene: Scene) -> set[str]:
    return {thing.key for thing in scene.things}


MEASURES = (
    Measure("Object found (one-object prompts)", 0.95, {Arrangement.ONE}, lambda scene, sight: sight.things >= _keys(scene)),
    Measure("Both objects found (two-object prompts)", 0.80, TWO, lambda scene, sight: sight.things >= _keys(scene)),
    Measure("Right count (two to four of one)", 0.95, {Arrangement.SEVERAL}, lambda scene, sight: sight.count == scene.count),
    Measure("Right background", 0.97, set(Arrangement), lambda scene, sight: sight.ground == scene.ground.key),
    Measure("Nothing found that was not asked for", None, set(Arrangement), lambda scene, sight: sight.things <= _keys(scene)),
)


def questions(world: World, seed: int = 0) -> list[Scene]:
    """Held-out scenes, the same at every call: each thing alone on one of its held-out grounds, then on the others; pairs,
    with the things that were asked for least first; two to four of one thing."""
    chance = random.Random(seed)
    drawn = [world.held_out(chance) for _ in range(40 * len(world.things))]
    grounds: dict[tuple[Thing, ...], dict[Ground, Scene]] = defaultdict(dict)
    for scene in drawn:
        if scene.arrangement is Arrangement.ONE:
            grounds[scene.things].setdefault(scene.ground, scene)
    rounds = itertools.zip_longest(*(known.values() for known in grounds.values()))
    alone = [scene for scene in itertools.chain.from_iterable(rounds) if scene][: max(ALONE, len(grounds))]
    pairs = {scene.things: scene for scene in drawn if scene.arrangement in TWO}
    asked = Counter(thing for shown in grounds for thing in shown)
    chosen: list[Scene] = []
    while pairs and len(chosen) < PAIRS:
        rarest = min(pairs, key=lambda pair: sum(asked[thing] for thing in pair))
        asked.update(rarest)
        chosen.append(pairs.pop(rarest))
    several = {(scene.count, scene.things): scene for scene in drawn if scene.arrangement is Arrangement.SEVERAL}
    numbers = [scene for wanted in (2, 3, 4) for scene in [several[key] for key in several if key[0] == wanted][:EACH_COUNT]]
    return [*alone, *chosen, *numbers]


class _Wording(random.Random):
    """Random numbers that vary the pattern of a caption, without synonyms of things and without additions, and always with the place.

    The patterns that the lowest seventh of the numbers selects are not used.
    """

    def random(self) -> float:
        return 0.15 + 0.85 * super().random()


def prompt(scene: Scene, language: Language, wording: int) -> str:
    """A caption that calls the things by their first names: "three pandas in the snow". `wording` selects the pattern."""
    return describe(scene, language, _Wording(wording))


class Subject:
    """The model to measure, loaded as the app loads it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.device = folder, best_device()
        self.pipeline = load(folder, self.device)
        self.calls = calls_of(self.pipeline)
        self.pipeline.scheduler = schedulers.build(samplers.sampler("DDIM"), self.pipeline.scheduler.config)
        self.side: int = self.pipeline.unet.config.sample_size * self.pipeline.vae_scale_factor

    def draw(self, prompts: Sequence[str], seeds: Sequence[int], steps: int = STEPS) -> Iterator[torch.Tensor]:
        """Generate pictures; yields batches of B×H×W×3 uint8. The initial noise of a picture depends on its seed only."""
        for first in range(0, len(prompts), TOGETHER):
            part = slice(first, first + TOGETHER)
            noise = [torch.Generator().manual_seed(seed) for seed in seeds[part]]
            yield self.decode(
                self.pipeline(
                    list(prompts[part]),
                    num_inference_steps=steps,
                    guidance_scale=GUIDANCE_SCALE,
                    generator=noise,
                    width=self.side,
                    height=self.side,
                    output_type="latent",
                ).images
            )

    @torch.no_grad()
    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """B×C×h×w latents in the sampler's scale → B×H×W×3 uint8 on the CPU."""
        return unsigned(self.calls.decode(latents)).cpu()

    @torch.no_grad()
    def reconstruct(self, pictures: torch.Tensor) -> torch.Tensor:
        """N×H×W×3 uint8 → their reconstructions by the autoencoder."""
        return torch.cat([self.decode(self.calls.encode(signed(part))) for part in pictures.split(TOGETHER)])

    @torch.no_grad()
    def previews(self, prompts: Sequence[str], steps: int = STEPS) -> tuple[torch.Tensor, torch.Tensor]:
        """Every fifth x0 prediction of a run, N×H×W×3 uint8: by the preview decoder, and by the autoencoder at the same size."""
        preview = preview_decoder(self.folder, "", self.calls.latent_channels, self.device.dtype, self.device.torch)
        if preview is None:
            raise FileNotFoundError(f"{self.folder} has no preview_decoder. Make it with --stage preview and export the model again.")
        with estimates(self.pipeline.scheduler) as seen:
            for _ in self.draw(prompts, range(len(prompts)), steps):
                pass
        latents = torch.cat(seen[::5])
        small = torch.cat([preview(part).round().clamp(0, 255).to("cpu", torch.uint8) for part in latents.split(TOGETHER)])
        _, height, width, _ = small.shape
        full = torch.cat(
            [F.adaptive_avg_pool2d(self.decode(part).permute(0, 3, 1, 2).float(), (height, width)) for part in latents.split(TOGETHER)]
        )
        return small, full.permute(0, 2, 3, 1).round().to(torch.uint8)


def evaluate(
    subject: Subject,
    judge: Judge | None,
    studio: Studio,
    asked: Sequence[Scene],
    perception: Perception | None = None,
    seeds: int = 1,
    steps: int = STEPS,
    rounds: int = 3,
) -> str:
    """The tables, in Markdown. Without a judge the first is left out; without `perception` the row of the perceptual distance."""
    scenes = [scene for _ in range(seeds) for scene in asked for _ in range(WORDINGS if scene.arrangement in TWO else 1)]
    prompts = {language: [prompt(scene, language, number) for number, scene in enumerate(scenes)] for language in LANGUAGES}
    edition = hashlib.sha256("\n".join(text for language in LANGUAGES for text in prompts[language]).encode()).hexdigest()[:8]
    chance = random.Random(1)
    renders = [replace(scene, seed=chance.getrandbits(32)) for scene in asked for _ in range(RENDERS)]
    painted = torch.from_numpy(np.stack([studio.paint(scene, subject.side) for scene in renders]))
    remade = subject.reconstruct(painted)
    drawn = {language: _draw(subject, texts, steps, language) for language, texts in prompts.items()}
    lines = [
        f"{len(asked)} questions, those about two things in {WORDINGS} wordings (edition {edition}), × {seeds} in each language; "
        f"{steps} steps of DDIM, guidance {GUIDANCE_SCALE:g}. In brackets 95 % intervals.",
        "",
    ]
    if judge is not None:
        rendered = {"judge on renders": judge.look(painted), "judge on renders after the autoencoder": judge.look(remade)}
        lines += [table(scenes, {language: judge.look(pictures) for language, pictures in drawn.items()}, renders, rendered), ""]
    pictures = torch.cat(list(drawn.values()))
    lines += [
        "| | measured | goal | met |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in (*_quality(painted, remade, pictures, perception), *_figures(subject, steps, rounds))),
    ]
    return "\n".join(lines)


def table(
    scenes: Sequence[Scene], sights: Mapping[Language, Sequence[Sight]], renders: Sequence[Scene], rendered: Mapping[str, Sequence[Sight]]
) -> str:
    """The first table. `sights`: of the pictures drawn for `scenes`, by language; `rendered`: of renders of `renders`, by column title."""
    lines = [f"| | n | English | Chinese | Chinese − English | {' | '.join(rendered)} | goal | met |", "|---" * (7 + len(rendered)) + "|"]
    for measure in MEASURES:
        english, chinese = (measure.answers(scenes, sights[language]) for language in LANGUAGES)
        cells = [
            measure.name,
            str(len(english)),
            share(english),
            share(chinese),
            difference(english, chinese),
            *(share(measure.answers(renders, seen)) for seen in rendered.values()),
        ]
        if measure.goal is None or not english:
            cells += ["", ""]
        else:
            reached = statistics.fmean(english), statistics.fmean(chinese)
            cells += [
                f"≥ {measure.goal:.0%}, Chinese within 2 points",
                _verdict(min(reached) >= measure.goal and abs(reached[1] - reached[0]) <= 0.02),
            ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def share(answers: Sequence[bool]) -> str:
    """The share of right answers with its 95 % interval (Wilson 1927)."""
    if not answers:
        return "–"
    n, right, z = len(answers), sum(answers), 1.96
    middle, half = right + z * z / 2, z * math.sqrt(right * (n - right) / n + z * z / 4)
    return f"{right / n:.1%} ({(middle - half) / (n + z * z) * 100:.0f}–{(middle + half) / (n + z * z) * 100:.0f})"


def difference(one: Sequence[bool], other: Sequence[bool]) -> str:
    """Percentage points by which `other` is better on the same questions, with the 95 % interval for pairs of Agresti and Min (2005)."""
    if not one:
        return "–"
    n = len(one)
    lost, won = (sum(first and not second for first, second in zip(*pair, strict=True)) for pair in ((one, other), (other, one)))
    middle = won - lost
    half = 1.96 * math.sqrt(won + lost + 1 - middle**2 / (n + 2))
    return f"{middle / n * 100:+.1f} ({(middle - half) / (n + 2) * 100:+.0f}…{(middle + half) / (n + 2) * 100:+.0f})"


@dataclass(frozen=True)
class Speed:
    """Times of the app's engine with a loaded model, including the final decoding."""

    watched: float  # seconds per picture with previews
    unwatched: float  # seconds per picture without previews
    processor: float  # seconds of CPU time per picture with previews, summed over threads
    decoded: int  # previews made by the preview decoder, not by the linear map


def speed(folder: Path, side: int, rounds: int, steps: int = STEPS) -> Speed:
    """Medians over rounds that alternate between runs with and without previews."""
    engine, recipe = Engine(), Recipe.of(prompt=PROMPTS[0], steps=steps, width=side, height=side, seed=1)
    seconds: dict[Previews, list[float]] = {Previews.OFF: [], Previews.FAST: []}
    processor: list[float] = []
    for number in range(rounds + 1):
        for previews, timings in seconds.items():
            events: list[Event] = []
            began, used = time.perf_counter(), time.process_time()
            engine.generate(Request(recipe, previews=previews), folder, "", Control(), events.append)
            if number:  # the first round loads the model
                timings.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    decoded = sum(isinstance(event, Step) and event.number > 0 and not event.approximate for event in events)
    watched, unwatched = (statistics.median(seconds[previews]) for previews in (Previews.FAST, Previews.OFF))
    return Speed(watched, unwatched, statistics.median(processor[1:]), decoded)


def _quality(painted: torch.Tensor, remade: torch.Tensor, drawn: torch.Tensor, perception: Perception | None) -> Iterator[Row]:
    """Rows about N×H×W×3 renders, their reconstructions, and the pictures generated for the same scenes."""
    decibels = psnr(painted, remade)
    yield f"Autoencoder, on {len(painted)} held-out renders", f"{decibels:.1f} dB", "≥ 30 dB", _verdict(decibels >= 30)
    if perception is not None:
        with torch.no_grad():
            distances = [
                float(perception.distance(signed(one[None]), signed(other[None]))) for one, other in zip(remade, painted, strict=True)
            ]
        yield "Autoencoder, perceptual distance", f"{statistics.fmean(distances):.3f}", "", ""
    renders = float(gradient_energy(painted).mean())
    yield "Sharpness of reconstructions, share of the renders'", f"{float(gradient_energy(remade).mean()) / renders:.2f}", "", ""
    sharpness = float(gradient_energy(drawn).mean()) / renders
    yield "Sharpness of generated pictures, share of the renders'", f"{sharpness:.2f}", "≥ 0.8", _verdict(sharpness >= 0.8)


def _figures(subject: Subject, steps: int, rounds: int) -> Iterator[Row]:
    known, size = len(things(_tier(subject.folder))), sum(file.stat().st_size for file in subject.folder.rglob("*.*")) / 1e6
    yield "Things it knows", str(known), "≥ 200", _verdict(known >= 200)
    yield "Side of a picture", f"{subject.side} px", "256 px", _verdict(subject.side >= 256)
    yield "Folder", f"{size:.1f} MB", "≤ 50 MB", _verdict(size <= 50)
    small, full = subject.previews(PROMPTS[:6], steps)
    yield f"Preview against the full decode, {len(small)} estimates of runs", f"{psnr(small, full):.1f} dB", "", ""
    pace = speed(subject.folder, subject.side, rounds, steps)
    where = f"{subject.device.name}, threads: {torch.get_num_threads()}"
    yield (
        f"{steps} steps, {pace.decoded} decoded previews ({where})",
        f"{pace.watched:.2f} s (processor {pace.processor:.2f} s)",
        "≤ 3 s on one core",
        _verdict(pace.watched <= 3 and pace.decoded == steps),
    )
    yield f"{steps} steps without previews", f"{pace.unwatched:.2f} s", "", ""


def _draw(subject: Subject, prompts: Sequence[str], steps: int, language: Language) -> torch.Tensor:
    """Generate one picture for each prompt: N×H×W×3 uint8."""
    pictures: list[torch.Tensor] = []
    for part in subject.draw(prompts, range(len(prompts)), steps):
        pictures.append(part)
        print(f"{language}: {sum(map(len, pictures))} of {len(prompts)} pictures", file=sys.stderr, flush=True)
    return torch.cat(pictures)


def _verdict(met: bool) -> str:
    return "yes" if met else "no"


def _tier(folder: Path) -> int:
    """The highest tier whose things are all in the model's vocabulary."""
    known = set(json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))["en"])
    return max(tier for tier in (1, 2, 3) if all(known.issuperset(run) for thing in things(tier) for run in cut(thing.en, frozenset())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=STARTER)
    parser.add_argument(
        "--judge",
        type=Path,
        default=work_folder(SMALL.name) / "judge.pt",
        help="made by python -m desktop.starter.judge, in the folder of material.zip",
    )
    parser.add_argument("--without-judge", action="store_true", help="measure only what needs no judge")
    parser.add_argument("--seeds", type=int, default=1, help="pictures of each question, in each language")
    parser.add_argument("--quick", action="store_true", help="a quarter of the questions")
    parser.add_argument("--table", type=Path, help="write the tables into this file, too")
    parser.add_argument("--sheet", type=Path, help="write a PNG with a picture of each of the 24 fixed prompts")
    arguments = parser.parse_args()
    material = arguments.judge.with_name("material.zip")
    for needed, maker, is_needed in ((arguments.judge, "judge", not arguments.without_judge), (material, "build --stage data", True)):
        if is_needed and not needed.exists():
            parser.error(f"{needed} is missing. Run python -m desktop.starter.{maker} first.")
    if not (arguments.model / "vocabulary.json").exists():
        parser.error(f"{arguments.model} has no vocabulary.json. Choose the folder of a starter model.")
    judge = None if arguments.without_judge else Judge.load(arguments.judge)
    subject, world = Subject(arguments.model), World(_tier(arguments.model))
    if judge and (unknown := [thing.en for thing in world.things if thing.key not in judge.known_things]):
        shape = next(shape.name for shape in SHAPES.values() if shape.tier >= world.tier)
        parser.error(
            f"This judge does not know {', '.join(unknown)}. Move it away and train one: python -m desktop.starter.judge --shape {shape}"
        )
    try:
        perception = Perception.load(arguments.judge.parent)
    except NoWeights as problem:
        print(f"The perceptual distance is left out. {problem}", file=sys.stderr)
        perception = None
    if arguments.sheet:
        sheet(subject.pipeline, arguments.sheet, steps=STEPS)
    tables = evaluate(subject, judge, Studio(material), questions(world)[:: 4 if arguments.quick else 1], perception, arguments.seeds)
    print(tables)
    if arguments.table:
        arguments.table.write_text(tables + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

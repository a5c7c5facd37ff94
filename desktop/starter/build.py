"""Make the starter model, stage after stage: `python -m desktop.starter.build --stage data|autoencoder|preview|unet|export`.

Each stage reads the files of earlier stages from the work folder and writes its own there. A training resumes from its
checkpoint: `--minutes` is the time that this run adds. SIGTERM or Ctrl+C saves a checkpoint and ends the run.
Only the first stage needs the network and npm.
"""

from __future__ import annotations

import argparse
import math
import random
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline
from safetensors import SafetensorError
from transformers import CLIPTokenizer

from ..resources import STARTER
from . import autoencoder, checkpoint, examples, export, sources, tokenizer, vocabulary
from .autoencoder import AutoencoderTraining
from .captions import LANGUAGES, describe
from .checkpoint import Course, TrainingReport
from .denoiser import Begun, DenoiserTraining
from .perception import NoWeights, Perception
from .preview import PreviewTraining
from .scenes import Studio
from .shape import SHAPES, SMALL, Shape, work_folder
from .text import TextTraining
from .world import World

PICTURES, HELD_OUT = 2500, 24  # painted for the autoencoder; the last of them are only measured with
CAPTIONS = 60_000  # that the tokenizer learns from
PRINT_EVERY, SAVE_EVERY, LOOK_EVERY = 10, 300, 1200  # seconds
COMPILERS = "g++", "clang++", "cl"  # that torch.compile can use
# The options that not every stage has.
STAGES_OF = {
    "begin": ("autoencoder", "unet"),
    "crops": ("autoencoder",),
    "compile": ("unet",),
    "workers": ("unet",),
    "newest": ("unet",),
    "pairs": ("unet",),
    "rate": ("unet",),
}


class NotReady(Exception):
    """A file of an earlier stage is missing or does not fit; the message says what to do."""


class Build:
    """The stages, on the files of one work folder.

    `minutes`: how long this run learns. `begin`: a model folder whose weights a training begins with if it has no checkpoint yet.
    `crops`: the plan of the autoencoder's training, if not that of the shape. `compiled`: whether the UNet is compiled for its training.
    `workers`: threads of the UNet's training, each with a batch of its own. `newest`, `pairs`: how often it sees pictures with things of
    the highest tier, and of two things, relative to others. `rate`: share of the UNet's learning rate.
    """

    def __init__(
        self,
        folder: Path,
        shape: Shape,
        device: str,
        minutes: float,
        begin: Path | None = None,
        crops: int | None = None,
        compiled: bool = False,
        workers: int = 1,
        newest: float = 1,
        pairs: float = 1,
        rate: float = 1,
    ) -> None:
        self.folder, self.shape, self.device, self.begin = folder, shape, device, begin
        self.compiled, self.workers, self.newest, self.pairs, self.rate = compiled, workers, newest, pairs, rate
        self.crops = crops or shape.crops
        self.world = World(shape.tier)
        self._seconds_left = minutes * 60
        self._stopped = False

    def data(self) -> None:
        """Write material.zip, the cut-outs, and pictures.npy, which the autoencoder learns from."""
        material, painted = sources.fetch(self.folder), self.folder / "pictures.npy"
        if painted.exists():
            print(f"{painted} exists already. Delete it to paint the pictures again.")
            return
        studio, chance = Studio(material), random.Random(1)
        aside = self.folder / ".pictures.npy"
        pictures = np.lib.format.open_memmap(aside, "w+", np.uint8, (PICTURES, self.shape.side, self.shape.side, 3))
        for number in range(PICTURES):
            pictures[number] = studio.paint(self.world.imagine(chance), self.shape.side)
            _tell(number + 1, PICTURES, "pictures")
        pictures.flush()
        aside.replace(painted)

    def autoencoder(self) -> None:
        """Train the autoencoder and write its averaged weights as the folder autoencoder/."""
        pictures = np.load(self._ready("pictures.npy", "data"), mmap_mode="r")
        perception, folder = Perception.load(self.folder), self.folder / "autoencoder"
        training = AutoencoderTraining(self._first_autoencoder(), perception, self.crops, self.device)
        self._resume(training.course, "autoencoder")
        if (self.folder / "examples").exists() and not autoencoder.is_encoder_frozen(training.course.samples, self.crops):
            frozen = int(training.course.samples / autoencoder.CRITIC_FROM)
            raise NotReady(
                f"The encoder would change, but {self.folder / 'examples'} was made with it. Delete that folder and unet.pt"
                + (f", or give --crops {frozen} to train only the decoder." if frozen else ".")
            )

        def save() -> None:
            _whole(folder, training.averaged().save_pretrained)

        def look() -> None:
            decibels, distance = autoencoder.fidelity(training.averaged(), pictures[-HELD_OUT:], perception)
            print(f"{folder}: {decibels:.2f} dB, perceptual distance {distance:.3f} on {HELD_OUT} held-out pictures", flush=True)

        if training.course.samples >= self.crops:
            print(f"All {self.crops} crops of the plan are done. Give a larger --crops to train further.")
        self._spend(training.train(pictures[:-HELD_OUT]), training.course, "autoencoder", save=save, look=look)
        if not self._stopped:
            look()

    def preview(self) -> None:
        """Train the preview decoder; if there is a UNet, half of its material are estimates of the UNet's runs."""
        training = PreviewTraining(self._autoencoder(), self.shape, self.device)
        latents = self._examples(shards=4).latents
        made = self._pipeline(self._learned_unet()) if (self.folder / "unet.pt").exists() else None
        chance = random.Random(4)
        self._resume(training.course, "preview")
        self._spend(training.train(latents, made, lambda: self._caption(chance)), training.course, "preview")
        _whole(self.folder / "preview_decoder", training.decoder.save)

    def unet(self) -> None:
        """Train the text encoder contrastively, then text encoder and UNet together.

        With `begin` both start with that model's weights; the contrastive training is then for words that its tokenizer lacks, or
        for the whole text encoder if that has other sizes.
        """
        known = self._examples(self.shape.shards)
        words = self._tokenizer()
        training = DenoiserTraining(self.shape, words, describe, self.device, compiled=self.compiled, workers=self.workers, rate=self.rate)
        if not self._resume(training.course, "unet"):
            new_tokens = self._begin(training, self.begin).tokens if self.begin is not None else None
            if new_tokens is None or new_tokens:
                text = TextTraining(self.shape, words, describe, self.device)
                if new_tokens is not None:
                    text.begin(training.denoiser.text_encoder, new_tokens)
                self._resume(text.course, "text")
                self._spend(text.train(known), text.course, "text", until=self.shape.text_scenes)
                if text.course.samples < self.shape.text_scenes:
                    return
                training.denoiser.text_encoder.load_state_dict(text.contrast.text_encoder.state_dict())
        reports = training.train(known, self.workers * self.shape.batch, often=known.often(self.shape.tier, self.newest, self.pairs))
        self._spend(reports, training.course, "unet", look=lambda: self._look(training))

    def export(self, target: Path) -> None:
        """Write the diffusers folder."""
        preview_decoder = self.folder / "preview_decoder"
        export.export(
            self._pipeline(self._learned_unet()),
            target,
            vocabulary.vocabulary(self.shape.tier),
            preview_decoder if preview_decoder.exists() else None,
        )
        print(f"{target}: {sum(path.stat().st_size for path in target.rglob('*') if path.is_file()) / 1e6:.1f} MB")

    def _ready(self, name: str, stage: str) -> Path:
        path = self.folder / name
        if not path.exists():
            raise NotReady(f"{path} is missing. Run --stage {stage} first.")
        return path

    def _first_autoencoder(self) -> AutoencoderTiny:
        made = autoencoder.autoencoder(self.shape)
        if self.begin is None or (self.folder / "autoencoder.pt").exists():
            return made
        folder = self.begin / "vae" if (self.begin / "vae").is_dir() else self.begin
        with _begin_with(folder):
            known = AutoencoderTiny.from_pretrained(folder, local_files_only=True).state_dict()
        try:
            made.load_state_dict(known)
        except RuntimeError as error:
            raise NotReady(f"The autoencoder in {folder} is not of the shape {self.shape.name}. Choose another --begin folder.") from error
        return made

    def _begin(self, training: DenoiserTraining, folder: Path) -> Begun:
        with _begin_with(folder):
            begun = training.begin(folder)
        print(
            f"The weights come from {folder}, except {', '.join(begun.weights) or 'none'}. New tokens: {len(begun.tokens or ())}.",
            flush=True,
        )
        return begun

    def _autoencoder(self) -> AutoencoderTiny:
        return AutoencoderTiny.from_pretrained(self._ready("autoencoder", "autoencoder")).eval()

    def _examples(self, shards: int) -> examples.Examples:
        folder = self.folder / "examples"
        studio, coder = Studio(self._ready("material.zip", "data")), self._autoencoder().to(self.device)
        for number in examples.grow(folder, self.world, studio, coder, self.shape.side, shards):
            _tell(number, shards * examples.SHARD, "examples")
        return examples.Examples.load(folder)

    def _tokenizer(self) -> CLIPTokenizer:
        folder = self.folder / "tokenizer"
        if not folder.exists():
            chance = random.Random(3)
            captions = (self._caption(chance) for _ in range(CAPTIONS))
            _whole(folder, lambda aside: tokenizer.train(captions, aside, self.shape.tokens, self.shape.context))
        return CLIPTokenizer.from_pretrained(folder)

    def _caption(self, chance: random.Random) -> str:
        return describe(self.world.imagine(chance), chance.choice(LANGUAGES), chance)

    def _learned_unet(self) -> DenoiserTraining:
        path = self._ready("unet.pt", "unet")
        training = DenoiserTraining(self.shape, self._tokenizer(), describe)
        checkpoint.restore(training.course, path)
        return training

    def _pipeline(self, training: DenoiserTraining) -> StableDiffusionPipeline:
        return export.pipeline(training.average.weights, self.shape, self._tokenizer(), self._autoencoder())

    def _look(self, training: DenoiserTraining) -> None:
        export.sheet(self._pipeline(training), self.folder / f"sheet-{training.course.samples}.png")

    def _resume(self, course: Course, name: str) -> bool:
        """Restore the training's checkpoint; False if there is none."""
        path = self.folder / f"{name}.pt"
        if path.exists():
            checkpoint.restore(course, path, self.device)
        return path.exists()

    def _spend(
        self,
        training: Iterator[TrainingReport],
        course: Course,
        name: str,
        until: int | None = None,
        save: Callable[[], None] = lambda: None,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        """Learn until the time of this run or the training ends, or `until` samples are seen.

        Saves a checkpoint and calls `save` every five minutes and at the end; calls `look` every 20 minutes.
        """
        if until is not None and course.samples >= until:
            return

        def keep() -> None:
            checkpoint.save(self.folder / f"{name}.pt", course.state_dict())
            save()

        printed, losses = -math.inf, []
        saved = looked = time.monotonic()
        with self._until_stopped():
            for progress in self._timed(training):
                losses.append(progress.loss)
                now = time.monotonic()
                if now - printed > PRINT_EVERY:
                    print(f"{name:12} {replace(progress, loss=sum(losses) / len(losses))}", flush=True)
                    printed, losses = now, []
                if now - saved > SAVE_EVERY:
                    keep()
                    saved = now
                if now - looked > LOOK_EVERY:
                    look()
                    looked = time.monotonic()
                if until is not None and progress.samples >= until:
                    break
            keep()

    def _timed(self, training: Iterator[TrainingReport]) -> Iterator[TrainingReport]:
        """The reports of a training until the time of this run is over or a signal arrives; at least one."""
        began = time.monotonic()
        for progress in training:
            now = time.monotonic()
            self._seconds_left, began = self._seconds_left - (now - began), now
            yield progress
            if self._stopped or self._seconds_left <= 0:
                return

    @contextmanager
    def _until_stopped(self) -> Iterator[None]:
        """SIGTERM and SIGINT end the learning after the current report, not the process."""

        def stop(*_: object) -> None:
            self._stopped = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _begin_with(folder: Path) -> Iterator[None]:
    """Read a model that a training begins with. Raises NotReady if `folder` does not hold one."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise NotReady(f"The model in {folder} is incomplete or damaged. Choose another --begin folder. ({error})") from error


def _whole(folder: Path, write: Callable[[Path], object]) -> None:
    """`write` into a folder aside, then rename it: a stage that is killed leaves no incomplete folder."""
    aside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    write(aside)
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def _minutes(text: str) -> float:
    if not 0 < (minutes := float(text)) < math.inf:
        raise argparse.ArgumentTypeError("a number of minutes above 0 is needed")
    return minutes


def _times(text: str) -> float:
    if not 1 <= (times := float(text)) <= 100:
        raise argparse.ArgumentTypeError("a number from 1 to 100 is needed")
    return times


def _share(text: str) -> float:
    if not 0 < (share := float(text)) <= 1:
        raise argparse.ArgumentTypeError("a number above 0, at most 1 is needed")
    return share


def _above_0(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("a number above 0 is needed")
    return number


def _tell(done: int, whole: int, what: str) -> None:
    if done % max(1, whole // 20) == 0 or done == whole:
        print(f"{done} of {whole} {what}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m desktop.starter.build", description=__doc__.splitlines()[0])
    parser.add_argument("--stage", choices=("data", "autoencoder", "preview", "unet", "export"), required=True)
    parser.add_argument("--minutes", type=_minutes, default=30, help="that this run learns (default: 30)")
    parser.add_argument("--begin", type=Path, help="a model folder whose weights the training begins with if it has no checkpoint yet")
    parser.add_argument("--crops", type=_above_0, help="plan of the autoencoder's training (default: that of the shape)")
    parser.add_argument("--compile", action="store_true", help="compile the UNet for its training: a fifth faster, needs a C++ compiler")
    parser.add_argument(
        "--workers", type=_above_0, help="threads of the UNet's training, each with a batch and a share of the cores (default: 1)"
    )
    parser.add_argument(
        "--newest",
        type=_times,
        help="how many times as often this run shows the UNet pictures with things that were added last: of the highest tier (default: 1)",
    )
    parser.add_argument("--pairs", type=_times, help="the same for pictures of two things (default: 1)")
    parser.add_argument("--rate", type=_share, help="share of the UNet's learning rate that this run learns with (default: 1)")
    parser.add_argument("--shape", choices=SHAPES, default=SMALL.name, help="size of the model")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--folder", type=Path, help="work folder (default: in the cache, one for each shape)")
    parser.add_argument("--to", type=Path, default=STARTER, help="where export writes the model")
    chosen = parser.parse_args()
    if chosen.device != "cpu" and not (chosen.device.startswith("cuda") and torch.cuda.is_available()):
        parser.error(f"this computer has no device {chosen.device}")
    for option, stages in STAGES_OF.items():
        if getattr(chosen, option) and chosen.stage not in stages:
            parser.error(f"--{option} is for --stage {' and '.join(stages)}. Leave it out for --stage {chosen.stage}.")
    if chosen.compile and not any(map(shutil.which, COMPILERS)):
        parser.error("--compile needs a C++ compiler. Install g++ or clang++, or leave it out.")
    if chosen.begin is not None and not chosen.begin.is_dir():
        parser.error(f"--begin {chosen.begin} is not a folder. Give the folder of a model, such as {STARTER}.")
    if chosen.workers:
        torch.set_num_threads(max(1, torch.get_num_threads() // chosen.workers))
    folder = chosen.folder or work_folder(chosen.shape)
    folder.mkdir(parents=True, exist_ok=True)
    build = Build(
        folder,
        SHAPES[chosen.shape],
        chosen.device,
        chosen.minutes,
        chosen.begin,
        chosen.crops,
        chosen.compile,
        chosen.workers or 1,
        chosen.newest or 1,
        chosen.pairs or 1,
        chosen.rate or 1,
    )
    try:
        build.export(chosen.to) if chosen.stage == "export" else getattr(build, chosen.stage)()
    except (NotReady, NoWeights, sources.NoMaterial, checkpoint.CheckpointDamaged) as problem:
        print(problem, file=sys.stderr)
        return 1
    except (zipfile.BadZipFile, OSError, EOFError, ValueError) as problem:
        print(f"A file in {folder} cannot be read: {problem}. Delete the damaged file and run its stage again.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

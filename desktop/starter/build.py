"""Make the starter model, stage after stage: `python -m desktop.starter.build --stage data|autoencoder|preview|unet|export`.

Each stage leaves files in the work folder that the next ones need; each training goes on where it was stopped with `--resume`.
The first stage needs the network and npm, all others only the work folder.
"""

from __future__ import annotations

import argparse
import math
import random
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline
from torch.nn import functional as F
from transformers import CLIPTokenizer

from ..resources import STARTER
from . import autoencoder, checkpoint, examples, export, perception, sources, tokenizer, vocabulary
from .captions import LANGUAGES, describe
from .checkpoint import Course, Progress
from .denoiser import DenoiserTraining
from .preview import PreviewTraining
from .scenes import Studio
from .shape import SHAPES, SMALL, Shape, work_folder
from .text import TextTraining
from .world import Arrangement, Scene, World, things

PICTURES, HELD_BACK = 2500, 24  # painted for the autoencoder; of these only for measuring
CAPTIONS = 60_000  # that the tokenizer learns from
SAVE_EVERY, LOOK_EVERY = 60, 600  # seconds


class NotReady(Exception):
    """Something of an earlier stage is missing, or would be overwritten; the message says which stage to run, and how."""


class Build:
    """The stages, over one work folder."""

    def __init__(self, folder: Path, shape: Shape, device: str, minutes: float, resume: bool) -> None:
        self.folder, self.shape, self.device = folder, shape, device
        self.minutes, self.resume = minutes, resume
        self.world = World(shape.tier)

    def data(self) -> None:
        """material.zip with the cut-outs, and pictures.npy, which the autoencoder learns from."""
        painted = self.folder / "pictures.npy"
        if painted.exists() and not self.resume:
            raise NotReady(f"{painted} is there already. Go on with --stage autoencoder, or give --resume to paint it anew.")
        studio, chance = Studio(sources.fetch(self.folder)), random.Random(1)
        aside = self.folder / ".pictures.npy"
        pictures = np.lib.format.open_memmap(aside, "w+", np.uint8, (PICTURES, self.shape.side, self.shape.side, 3))
        for number in range(PICTURES):
            pictures[number] = studio.paint(self.world.imagine(chance), self.shape.side)
            _tell(number + 1, PICTURES, "pictures")
        pictures.flush()
        aside.replace(painted)

    def autoencoder(self) -> None:
        """First a network that knows the things, then the autoencoder: half of the time by likeness and perception, then, with the
        encoder settled, the decoder against its critic. With --resume only that last part goes on, so examples stay valid."""
        pictures = np.load(self._ready("pictures.npy", "data"), mmap_mode="r")
        settled = self.folder / "autoencoder"
        if settled.exists() and not self.resume:
            raise NotReady(f"{settled} is there already. Give --resume to improve its decoder, or delete it with everything made by it.")
        knowing = self._perception(self.minutes / 8)
        if not settled.exists():
            begun = self._begun(None if (self.folder / "autoencoder.pt").exists() else pictures, self.minutes / 4)
            learning = autoencoder.AutoencoderTraining(begun, self.device, knowing)
            self._spend(learning.train(pictures[:-HELD_BACK]), learning.course, "autoencoder", self.minutes / 4)
            self._settle(learning, pictures, settled)
        settled_autoencoder = AutoencoderTiny.from_pretrained(settled)
        learning = autoencoder.AutoencoderTraining(settled_autoencoder, self.device, knowing)
        learning.encoder_frozen = learning.adversarial = True
        self._spend(learning.train(pictures[:-HELD_BACK]), learning.course, "decoder", self.minutes * 3 / 8)
        self._settle(learning, pictures, settled)

    def preview(self) -> None:
        """The preview decoder; once there is a UNet, half of it from the estimates of its runs."""
        training = PreviewTraining(self._autoencoder(), self.shape, self.device)
        latents = self._examples(shards=4).latents
        made = self._pipeline(self._learned_unet()) if (self.folder / "unet.pt").exists() else None
        chance = random.Random(4)
        learning = training.train(latents, made, lambda: self._caption(chance))
        self._spend(learning, training.course, "preview", self.minutes)
        _whole(self.folder / "preview_decoder", training.decoder.save)

    def unet(self) -> None:
        """The tokenizer; the text encoder, contrastively, in a tenth of the time; then both text encoder and UNet."""
        known = self._examples(self.shape.shards)
        words = self._tokenizer()
        text = TextTraining(self.shape, words, describe, self.device)
        if not (self.folder / "text.pt").exists() or not (self.folder / "unet.pt").exists():
            self._spend(text.train(lambda: known), text.course, "text", self.minutes / 10)
        training = DenoiserTraining(self.shape, words, describe, self.device)
        training.denoiser.text_encoder.load_state_dict(text.contrast.text_encoder.state_dict())
        learning = training.train(lambda: known, self.shape.batch)
        self._spend(learning, training.course, "unet", self.minutes * 0.9, look=lambda: self._look(training))

    def export(self, target: Path) -> None:
        """The folder that everyone can open."""
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

    def _autoencoder(self) -> AutoencoderTiny:
        return AutoencoderTiny.from_pretrained(self._ready("autoencoder", "autoencoder")).eval()

    def _begun(self, pictures: np.ndarray | None, minutes: float) -> AutoencoderTiny:
        """An autoencoder to go on with. A deep one learns its inner stages on `pictures` of half the size; without any it is only built,
        for a checkpoint."""
        shape = self.shape
        if shape.factor <= autoencoder.DIRECT:
            return autoencoder.autoencoder(shape.factor, shape.channels, shape.autoencoder_width)
        small = autoencoder.AutoencoderTraining(
            autoencoder.autoencoder(shape.factor // 2, shape.channels, shape.autoencoder_width), self.device
        )
        if pictures is not None:
            halves = np.stack([_half(picture) for picture in pictures[:-HELD_BACK]])
            self._spend(small.train(halves), small.course, "autoencoder-half", minutes)
        return autoencoder.deepened(autoencoder.grown(small.averaged(), shape.channels), autoencoder.DEEP_ENCODER, autoencoder.DEEP_DECODER)

    def _perception(self, minutes: float) -> perception.Perception:
        studio, chance = Studio(self._ready("material.zip", "data")), random.Random(2)
        known, grounds = things(self.shape.tier), self.world
        knowing = perception.Perception(len(known))
        path = self.folder / "perception.pt"
        if path.exists():
            knowing.load_state_dict(checkpoint.load(path))
        else:

            def painted(number: int) -> tuple[np.ndarray, np.ndarray]:
                named = [chance.randrange(len(known)) for _ in range(number)]
                scenes = [
                    Scene(grounds.imagine(chance).ground, Arrangement.ONE, (known[name],), 1, None, chance.getrandbits(32))
                    for name in named
                ]
                return np.stack([studio.paint(scene, autoencoder.CROP) for scene in scenes]), np.array(named)

            for progress in _until(perception.train(knowing, painted, self.device), minutes):
                print(progress, flush=True)
            checkpoint.save(path, knowing.state_dict())
        return knowing.to(self.device, memory_format=torch.channels_last).eval().requires_grad_(False)

    def _settle(self, learning: autoencoder.AutoencoderTraining, pictures: np.ndarray, folder: Path) -> None:
        best = learning.averaged()
        if best.config.scaling_factor == 1:
            latents = examples.encode(best, list(pictures[:-HELD_BACK:10]))
            best.register_to_config(scaling_factor=round(1 / latents.std().item(), 4))
        _whole(folder, best.save_pretrained)
        print(f"{folder}: {autoencoder.fidelity(best, pictures[-HELD_BACK:]):.1f} dB on {HELD_BACK} pictures never learned from")

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

    def _spend(
        self, training: Iterator[Progress], course: Course, name: str, minutes: float, look: Callable[[], None] | None = None
    ) -> None:
        """Learns for so long, from the last checkpoint on with --resume, and saves once a minute and at the end."""
        path = self.folder / f"{name}.pt"
        if path.exists():
            if not self.resume:
                raise NotReady(f"{path} is there already. Give --resume to go on from it, or delete it.")
            checkpoint.restore(course, path, self.device)
        saved = looked = time.monotonic()
        for progress in _until(training, minutes):
            print(f"{name:12} {progress}", flush=True)
            now = time.monotonic()
            if now - saved > SAVE_EVERY:
                checkpoint.save(path, course.state_dict())
                saved = now
            if look is not None and now - looked > LOOK_EVERY:
                look()
                looked = time.monotonic()
        checkpoint.save(path, course.state_dict())


def _until(training: Iterator[Progress], minutes: float) -> Iterator[Progress]:
    end = time.monotonic() + minutes * 60
    for progress in training:
        yield progress
        if time.monotonic() > end:
            return


def _whole(folder: Path, write: Callable[[Path], object]) -> None:
    """`write` a folder aside, then put it in place: a stage that is killed leaves no half of one."""
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


def _half(picture: np.ndarray) -> np.ndarray:
    smaller = F.avg_pool2d(torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float(), 2)
    return smaller[0].permute(1, 2, 0).round().to(torch.uint8).numpy()


def _tell(done: int, whole: int, what: str) -> None:
    if done % max(1, whole // 20) == 0 or done == whole:
        print(f"{done} of {whole} {what}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m desktop.starter.build", description=__doc__.splitlines()[0])
    parser.add_argument("--stage", choices=("data", "autoencoder", "preview", "unet", "export"), required=True)
    parser.add_argument("--minutes", type=_minutes, default=30, help="to learn for in this run (default: 30)")
    parser.add_argument("--resume", action="store_true", help="go on from what the stage left")
    parser.add_argument("--shape", choices=SHAPES, default=SMALL.name, help="how large a model")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--folder", type=Path, help="where the stages work (default: in the cache, one for each shape)")
    parser.add_argument("--to", type=Path, default=STARTER, help="where export writes the model")
    chosen = parser.parse_args()
    if chosen.device != "cpu" and not (chosen.device.startswith("cuda") and torch.cuda.is_available()):
        parser.error(f"there is no device {chosen.device} here")
    folder = chosen.folder or work_folder(chosen.shape)
    folder.mkdir(parents=True, exist_ok=True)
    build = Build(folder, SHAPES[chosen.shape], chosen.device, chosen.minutes, chosen.resume)
    try:
        build.export(chosen.to) if chosen.stage == "export" else getattr(build, chosen.stage)()
    except (NotReady, sources.NoMaterial, checkpoint.CheckpointDamaged) as problem:
        print(problem, file=sys.stderr)
        return 1
    except (zipfile.BadZipFile, OSError, EOFError, ValueError) as problem:
        print(f"Something in {folder} cannot be read: {problem}. Delete what is damaged and run its stage again.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

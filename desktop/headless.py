"""The window's code path without a window: a picture from the command line. Imports no Qt."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
from pathlib import Path

from .diffusion.errors import DiskFull, FileExists, FolderUnwritable, FormatUnknown, SafelightError
from .diffusion.recipe import MOST_SEED, Recipe
from .diffusion.run import Event, Phase, Picture, Pixels, Plan, Previews, Run, Step
from .diffusion.samplers import sampler
from .generate import Darkroom
from .library import artwork
from .library.models import Model, ModelLibrary
from .library.paths import Folders
from .library.settings import SettingsFile
from .resources import STARTER
from .worker import Worker


def main(arguments: argparse.Namespace) -> int:
    """Make one picture. 0: done, 1: failed, with one line on stderr that says why."""
    try:
        path = asyncio.run(_make(arguments))
    except (FolderUnwritable, DiskFull) as error:      # in the window the picture stays in memory; here it does not
        return _fail(f"Nothing could be written in {error.values['folder']}: {error.values.get('problem', 'the disk is full')}.")
    except SafelightError as error:
        return _fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _fail("Stopped.")
    except Exception as error:
        return _fail(f"Something unexpected happened: {type(error).__name__}: {error}")
    print(path)
    return 0


def _fail(sentence: str) -> int:
    print("safelight: " + " ".join(sentence.split()), file=sys.stderr)
    return 1


async def _make(arguments: argparse.Namespace) -> Path:
    output, frames = arguments.output, arguments.frames
    _check(output)
    folders = Folders.inside(arguments.data) if arguments.data else Folders.default()
    settings, _ = SettingsFile(folders.data / "settings.json").load()
    models = ModelLibrary(STARTER, [Path(folder) for folder in settings.model_folders], folders.cache / "fingerprints.json")
    model = models.wanted(arguments.model) if arguments.model else models.starter
    worker = Worker()
    try:
        run = Run(_recipe(arguments, model))
        progress = _Progress(frames)
        return await Darkroom(worker, models).generate(
            run, Previews.FAST if frames else Previews.OFF, lambda picture: artwork.save(picture, output), progress)
    finally:
        worker.close()


def _check(output: Path) -> None:
    """What can be known about the file before the work."""
    if output.exists():
        raise FileExists(file=output)
    if output.suffix.lower() not in artwork.FORMATS:
        raise FormatUnknown(file=output.name)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderUnwritable(folder=output.parent, problem="it is not a folder and cannot be made one") from error
    if not os.access(output.parent, os.W_OK):
        raise FolderUnwritable(folder=output.parent, problem="writing there is not allowed")


def _recipe(arguments: argparse.Namespace, model: Model) -> Recipe:
    width, height = arguments.size or (model.size, model.size)
    recipe = Recipe(
        prompt=arguments.prompt,
        negative_prompt=arguments.negative or "",
        model=model.name,
        sampler=sampler(arguments.sampler or model.sampler).name,
        steps=50 if arguments.steps is None else arguments.steps,
        guidance_scale=model.guidance if arguments.guidance is None else arguments.guidance,
        width=width,
        height=height,
        seed=random.randint(0, MOST_SEED) if arguments.seed is None else arguments.seed,
    )
    recipe.check(model.multiple)
    return recipe


class _Progress:
    """Tells on stderr what happens, and writes the preview of each step where it was asked for."""

    def __init__(self, frames: Path | None) -> None:
        self._frames = frames
        self._calls = 0
        self._on_terminal = sys.stderr.isatty()

    def __call__(self, event: Event) -> None:
        match event:
            case Phase():
                print(event.value, file=sys.stderr)
            case Plan():
                self._calls = event.calls
                if event.truncated:
                    print(f"not read, beyond the limit of the text encoder: {event.truncated}", file=sys.stderr)
            case Step(number=number) if number > 0:
                print(f"step {number}/{self._calls}", file=sys.stderr, end="\r" if self._on_terminal and number < self._calls else "\n")
                if self._frames and event.estimate:
                    _write_frame(event.estimate, self._frames / f"step-{number:03}.png")
            case Picture():
                pass


def _write_frame(pixels: Pixels, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    artwork.write_pixels(pixels, path)

"""Generate a picture from the command line, on the same code path as the window. Imports no Qt."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from .diffusion.adapters import Adapter
from .diffusion.control import Control
from .diffusion.embeddings import Names
from .diffusion.fields import FIELDS, MOST_SEED, Editor
from .diffusion.recipe import Recipe
from .diffusion.run import Event, Phase, Picture, Plan, Previews, Run, Step
from .diffusion.samplers import sampler
from .errors import DiskFull, FileExists, FolderUnwritable, SafelightError
from .generate import RunMaker
from .library import artwork, few_steps
from .library.adapters import AdapterLibrary, Listed
from .library.models import Model, ModelLibrary
from .library.paths import Folders
from .library.restored import whole_text
from .library.safe_file import make_folder, why
from .library.settings import SettingsFile
from .library.vocabulary import each_once
from .machine import LocalMachine
from .resources import STARTER
from .worker import Worker

MOST_NAMED = 12  # unknown words in one line


def main(arguments: argparse.Namespace) -> int:
    """Generate one picture. Return 0 if it was saved, 1 if not, with the reason in one line on stderr."""
    try:
        path = asyncio.run(_make(arguments))
    except (FolderUnwritable, DiskFull) as error:  # the window's sentence says that the picture stays in memory
        return _fail(f"The picture could not be saved in {error.values['folder']}: {error.values.get('problem', 'the disk is full')}.")
    except SafelightError as error:
        return _fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _fail("Stopped.")
    except Exception as error:
        return _fail(f"An unexpected error occurred: {type(error).__name__}: {error}")
    _tell(str(path), sys.stdout)
    return 0


def _fail(sentence: str) -> int:
    _tell("safelight: " + " ".join(sentence.split()), sys.stderr)
    return 1


def _tell(words: str, stream: TextIO | None, end: str = "\n") -> None:
    """Print `words`. A closed stream or an encoding without these characters does not stop the program."""
    if stream is None:
        return
    try:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        print(words, file=stream, end=end, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # otherwise Python reports the error again at exit


async def _make(arguments: argparse.Namespace) -> Path:
    output, frames = arguments.output, arguments.frames
    _check(output, frames)
    folders = Folders.inside(arguments.data) if arguments.data else Folders.default()
    settings, _ = SettingsFile(folders.data / "settings.json").load()
    models = ModelLibrary(STARTER, [Path(folder) for folder in settings.model_folders], folders.cache / "fingerprints.json")
    model = models.wanted(arguments.model) if arguments.model else models.starter
    adapters = AdapterLibrary([], [Path(folder) for folder in settings.watched_model_folders], folders.cache / "loras.json")
    adapters.read()
    weights = {adapters.open(file): weight for file, weight in arguments.loras or ()}
    worker = Worker()
    try:
        recipe = _recipe(arguments, model, weights)
        recipe = recipe.with_values(
            refiner=models.wanted(arguments.refiner).name if arguments.refiner else "",
            adapters=tuple(_identified(adapters, listed, weight) for listed, weight in weights.items() if not listed.is_embedding),
            embeddings=_embeddings(adapters, model, recipe),
        )
        recipe.check(model.multiple, model.most_side)
        run = Run(recipe)
        for remark in (*_remarks(recipe, model), *_remarks_on(weights, recipe, model, adapters)):
            _tell(remark, sys.stderr)
        progress = _Printer(frames)
        path = await RunMaker(LocalMachine(worker, models, adapters=adapters)).generate(
            run, Control(), Previews.FAST if frames else Previews.OFF, lambda picture, announce: artwork.save(picture, output), progress
        )
        assert path is not None  # nothing pauses this run
        return path
    finally:
        worker.close()


def _check(output: Path, frames: Path | None) -> None:
    """Check the output paths before any work."""
    artwork.check_format(output)
    try:
        if output.exists():
            raise FileExists(file=output)
    except OSError as error:
        raise FolderUnwritable(folder=output.parent, problem=why(error)) from error
    for folder in filter(None, (output.parent, frames)):
        try:
            make_folder(folder)
        except OSError as error:
            raise FolderUnwritable(folder=folder, problem=why(error)) from error
        if not os.access(folder, os.W_OK):
            raise FolderUnwritable(folder=folder, problem="you do not have permission to write there")


def _recipe(arguments: argparse.Namespace, model: Model, loras: Iterable[Listed]) -> Recipe:
    """The recommended settings of `model` and of few-step `loras`, replaced by the arguments that are named like a recipe field."""
    values = {"seed": random.randint(0, MOST_SEED), **model.recommended, "model": model.name}
    for listed in loras:
        if listed.file and (advice := few_steps.advice(listed.file)):
            values |= advice.values
    models = (Editor.MODEL, Editor.REFINER)
    given = {entry.key: getattr(arguments, entry.key, None) for entry in FIELDS if entry.part and entry.editor not in models}
    values |= {key: whole_text(value) if isinstance(value, str) else value for key, value in given.items() if value is not None}
    if arguments.size:
        values["width"], values["height"] = arguments.size
    return Recipe.of(**values | {"sampler": sampler(values["sampler"]).name})


def _identified(library: AdapterLibrary, listed: Listed, weight: float | None) -> Adapter:
    """The LoRA with `weight`, or else with the one that it is made for."""
    if weight is None and listed.file:
        weight = few_steps.weight(listed.file)
    return library.identified(listed, 1.0 if weight is None else weight)


def _embeddings(library: AdapterLibrary, model: Model, recipe: Recipe) -> tuple[Adapter, ...]:
    """Those that the prompts of `recipe` name and that fit `model`."""
    usable = {word: each.adapter for each in library.embeddings_for(model) if each.adapter for word in each.listed.words}
    return tuple(replace(usable[name], name=name) for name in _named(usable, recipe))


def _named(words: Iterable[str], recipe: Recipe) -> list[str]:
    """Those of `words` that the prompts of `recipe` contain as names of embeddings."""
    return Names(dict.fromkeys(words, 1)).found((recipe.prompt.text, recipe.prompt.negative))


def _remarks(recipe: Recipe, model: Model) -> Iterator[str]:
    """Remarks that do not prevent the picture."""
    called = "the starter model" if model.bundled else "this model"
    if model.vocabulary:
        words = each_once([*model.vocabulary.unknown(recipe.prompt.text), *model.vocabulary.unknown(recipe.prompt.negative)])
        more = [f"and {len(words) - MOST_NAMED} more"] if len(words) > MOST_NAMED else []
        if words:
            yield f"{called} does not know: {', '.join([*words[:MOST_NAMED], *more])}"
    if (recipe.size.width, recipe.size.height) != (model.size, model.size):
        yield f"{called} was trained at {model.size} × {model.size}; other sizes can look distorted"


def _remarks_on(given: Collection[Listed], recipe: Recipe, model: Model, library: AdapterLibrary) -> Iterator[str]:
    """Remarks on the LoRAs and embeddings that were given, and on embeddings that the prompts name."""
    for listed in given:
        fit = library.fit(listed, model)
        if fit and 0 < fit.matched < fit.total:
            yield f"the LoRA {listed.name} fits this model in {fit.matched} of its {fit.total} layers only"
    for each in library.embeddings_for(model):
        is_named = bool(_named(each.listed.words, recipe))
        if is_named and each.problem:
            yield str(each.problem)
        elif each.listed in given and not is_named:
            yield f"the embedding {each.listed.name} is not used: its name is not in the prompt"


class _Printer:
    """Prints progress on stderr, and writes the preview of each step to `frames` if given."""

    def __init__(self, frames: Path | None) -> None:
        self._frames = frames
        self._calls = 0
        self._on_terminal = sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, event: Event) -> None:
        match event:
            case Phase():
                _tell(event.value, sys.stderr)
            case Plan():
                self._calls = event.calls
                if event.truncated:
                    _tell(f"ignored because the prompt is too long: {event.truncated}", sys.stderr)
            case Step(number=number) if number > 0:
                _tell(f"step {number}/{self._calls}", sys.stderr, end="\r" if self._on_terminal and number < self._calls else "\n")
                if self._frames and event.estimate:
                    artwork.write_pixels(event.estimate, self._frames / f"step-{number:03}.png")
            case Picture():
                pass

"""The stations, in the order of the list. A new station needs one entry here, its place in the tour, its module and its two texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from ...errors import QT_TRANSLATE_NOOP
from .station import Station, Tools


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list. `title` and `subtitle` are marked for translation."""

    key: str
    title: str
    subtitle: str
    icon: str
    questions: int  # how many it asks
    make: Callable[[Tools], Station]


def _of(module: str, name: str) -> Callable[[Tools], Station]:
    """Imported when the station is first opened: the place is shown before."""
    return lambda tools: getattr(import_module(f".{module}", __package__), name)(tools)


STATIONS = (
    Entry(
        "add_noise",
        QT_TRANSLATE_NOOP("Safelight", "Add noise step by step"),
        QT_TRANSLATE_NOOP("Safelight", "Forward: from a picture to noise"),
        "waves",
        3,
        _of("add_noise", "AddNoise"),
    ),
    Entry(
        "take_away",
        QT_TRANSLATE_NOOP("Safelight", "Take it away again"),
        QT_TRANSLATE_NOOP("Safelight", "Reverse: from noise to a picture"),
        "sparkles",
        4,
        _of("take_away", "TakeAway"),
    ),
    Entry(
        "strides",
        QT_TRANSLATE_NOOP("Safelight", "One stride or fifty"),
        QT_TRANSLATE_NOOP("Safelight", "Why diffusion takes many small steps"),
        "footprints",
        2,
        _of("strides", "Strides"),
    ),
    Entry(
        "perfect",
        QT_TRANSLATE_NOOP("Safelight", "The perfect denoiser"),
        QT_TRANSLATE_NOOP("Safelight", "Your folder, without training"),
        "target",
        3,
        _of("perfect", "Perfect"),
    ),
    Entry(
        "train",
        QT_TRANSLATE_NOOP("Safelight", "Train a small model"),
        QT_TRANSLATE_NOOP("Safelight", "Algorithm 1, in a minute"),
        "chart-spline",
        3,
        _of("train", "Train"),
    ),
    Entry(
        "ways",
        QT_TRANSLATE_NOOP("Safelight", "Four ways to learn"),
        QT_TRANSLATE_NOOP("Safelight", "GAN, VAE, diffusion and a flow, side by side"),
        "columns-2",
        3,
        _of("ways", "FourWays"),
    ),
    Entry(
        "latents",
        QT_TRANSLATE_NOOP("Safelight", "The decoder and the latents"),
        QT_TRANSLATE_NOOP("Safelight", "Many times smaller, and back"),
        "binary",
        2,
        _of("latents", "LatentsStation"),
    ),
    Entry(
        "words",
        QT_TRANSLATE_NOOP("Safelight", "The prompt and guidance"),
        QT_TRANSLATE_NOOP("Safelight", "Tokens, two predictions, word maps"),
        "type",
        3,
        _of("words", "WordsStation"),
    ),
    Entry(
        "whole",
        QT_TRANSLATE_NOOP("Safelight", "The whole machine"),
        QT_TRANSLATE_NOOP("Safelight", "Text encoder, denoiser, decoder"),
        "workflow",
        2,
        _of("whole", "Whole"),
    ),
)

TOUR = ("ways", "strides", "add_noise", "take_away", "train", "perfect", "latents", "words", "whole")
"""The stations in the order of the article: GAN, VAE and diffusion; forward, reverse, training; then Stable Diffusion part by part."""

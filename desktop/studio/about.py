"""About: the versions of Safelight and its libraries, and the licences."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from .. import __version__
from ..resources import RESOURCES

LIBRARIES = (
    "PySide6-Essentials",
    "qasync",
    "torch",
    "diffusers",
    "transformers",
    "accelerate",
    "compel",
    "safetensors",
    "tokenizers",
    "numpy",
    "pillow",
)


@dataclass(frozen=True, slots=True)
class About:
    """`libraries`: name and installed version of each."""

    version: str
    notice: str  # the licences of everything that ships with Safelight
    libraries: tuple[tuple[str, str], ...]

    @classmethod
    def this(cls) -> About:
        """This installation. Reads a few small files and imports none of the libraries."""
        system = (("Python", platform.python_version()), (platform.system(), f"{platform.release()} {platform.machine()}".strip()))
        return cls(
            __version__,
            (RESOURCES / "NOTICE").read_text(encoding="utf-8"),
            system + tuple((name, installed) for name in LIBRARIES if (installed := _installed(name))),
        )

    @property
    def details(self) -> str:
        """The versions as text, for a problem report."""
        return "\n".join([f"Safelight {self.version}", *(f"{name} {installed}" for name, installed in self.libraries)])


def _installed(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # takes 15 ms, so not at start

    try:
        return version(name)
    except PackageNotFoundError:
        return None

"""Download of the cut-outs from one npm package; those that the world needs are packed into one file.

The package is @lobehub/fluent-emoji-3d (MIT): Microsoft's Fluent Emoji, 256×256 px with transparency, named by code points.
The table of names (things.tsv, beside this file) was made once from emojibase-data and corrected by hand.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile, ZipInfo, is_zipfile

from .world import all_things

PACKAGE = "@lobehub/fluent-emoji-3d@1.1.0"
INTEGRITY = "sha512-Wlq2lVStTnr8BDpIJ0pEnTKO4LuDxxqTEhTvRtD1DLRF0me7ogeRQjKoehDHXuVJ2Qaecgl5wRBv60lUAG3h7g=="


class NoMaterial(Exception):
    """The cut-outs are not available; the message says what to do."""


def fetch(folder: Path) -> Path:
    """Return `folder`/material.zip with a cut-out of every thing; download it with npm if it is missing."""
    material = folder / "material.zip"
    if not holds(material, all_things()):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix="npm-") as aside:
            package = download(PACKAGE, Path(aside))
            check(package, INTEGRITY)
            pack(package, material, all_things())
    return material


def holds(material: Path, keys: Collection[str]) -> bool:
    """Whether the file contains a cut-out for each key."""
    if not material.is_file() or not is_zipfile(material):
        return False
    with ZipFile(material) as pictures:
        return {f"{key}.webp" for key in keys} <= set(pictures.namelist())


def download(package: str, folder: Path) -> Path:
    """Download the package with npm; return the .tgz in the folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoMaterial("npm was not found. Install Node.js, or copy material.zip from another machine into the folder.")
    done = subprocess.run([npm, "pack", package, "--pack-destination", str(folder)], capture_output=True, text=True, check=False)
    packages = sorted(folder.glob("*.tgz"))
    if done.returncode or not packages:
        raise NoMaterial(
            f"npm could not fetch {package}. Check the network, or copy material.zip from another machine into the folder.\n"
            f"{done.stderr.strip()}"
        )
    return packages[0]


def check(package: Path, integrity: str) -> None:
    """Raise NoMaterial if the file differs from the published package (`integrity` in npm's form: sha512-…)."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if found != integrity:
        raise NoMaterial(
            f"{package.name} is not the package that the starter model was made with: {found} instead of {integrity}. Download it again."
        )


def pack(package: Path, material: Path, keys: Collection[str]) -> None:
    """Write the cut-outs of `keys` from a package (.tgz) into one zip; the bytes are the same at every call."""
    aside = material.with_suffix(".part")
    with tarfile.open(package) as files:
        pictures = {_plain(Path(file.name).stem): file for file in files.getmembers() if file.name.endswith(".webp")}
        if missing := [key for key in keys if _plain(key) not in pictures]:
            raise NoMaterial(f"{package.name} has no picture for {', '.join(missing)}. Use {PACKAGE}.")
        with ZipFile(aside, "w") as packed:
            for key in sorted(keys):
                picture = files.extractfile(pictures[_plain(key)])
                assert picture is not None  # only a folder has no content
                packed.writestr(ZipInfo(f"{key}.webp"), picture.read())
    aside.replace(material)


def _plain(name: str) -> str:
    """Code points without the variation selector, which only one side writes."""
    return "-".join(point for point in name.lower().split("-") if point != "fe0f")

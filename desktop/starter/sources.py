"""Where the cut-outs of things come from: one npm package, of which what the world needs is packed into one file.

The package is @lobehub/fluent-emoji-3d (MIT): Microsoft's Fluent Emoji, 256×256 px with transparency, named by code points.
The names of the things (things.tsv) were made once, from emojibase-data and by hand, and are kept beside this file.
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
    """The cut-outs could not be had; the message says what to do."""


def fetch(folder: Path) -> Path:
    """`folder`/material.zip, which holds a cut-out of every thing. Needs the network, and npm, only where it is not there yet."""
    material = folder / "material.zip"
    if not holds(material, all_things()):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix="npm-") as aside:
            package = download(PACKAGE, Path(aside))
            check(package, INTEGRITY)
            pack(package, material, all_things())
    return material


def holds(material: Path, keys: Collection[str]) -> bool:
    """Whether the file has a cut-out for each key."""
    if not material.is_file() or not is_zipfile(material):
        return False
    with ZipFile(material) as pictures:
        return {f"{key}.webp" for key in keys} <= set(pictures.namelist())


def download(package: str, folder: Path) -> Path:
    """The package as npm's own registry gives it: a .tgz in the folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoMaterial("npm was not found. Install Node.js, or put the material.zip of another machine into the folder.")
    done = subprocess.run([npm, "pack", package, "--pack-destination", str(folder)], capture_output=True, text=True, check=False)
    packages = sorted(folder.glob("*.tgz"))
    if done.returncode or not packages:
        raise NoMaterial(
            f"npm could not fetch {package}. Check the network, or put the material.zip of another machine into the folder.\n"
            f"{done.stderr.strip()}"
        )
    return packages[0]


def check(package: Path, integrity: str) -> None:
    """Refuse bytes that are not those which were published (`integrity` as npm writes it: sha512-…)."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if found != integrity:
        raise NoMaterial(f"{package.name} is not the package that the starter model was made with: {found} instead of {integrity}.")


def pack(package: Path, material: Path, keys: Collection[str]) -> None:
    """Write the cut-outs of `keys` from a package (.tgz) into one zip: the same bytes each time."""
    aside = material.with_suffix(".part")
    with tarfile.open(package) as files:
        pictures = {_plain(Path(file.name).stem): file for file in files.getmembers() if file.name.endswith(".webp")}
        if missing := [key for key in keys if _plain(key) not in pictures]:
            raise NoMaterial(f"{package.name} has no picture for {', '.join(missing)}.")
        with ZipFile(aside, "w") as packed:
            for key in sorted(keys):
                packed.writestr(ZipInfo(f"{key}.webp"), files.extractfile(pictures[_plain(key)]).read())
    aside.replace(material)


def _plain(name: str) -> str:
    """Code points as both sides write them: without the variation selector."""
    return "-".join(point for point in name.lower().split("-") if point != "fe0f")

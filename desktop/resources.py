"""Paths of the files that ship with Safelight: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
RESOURCES = next((folder for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources") if folder.is_dir()), _PACKAGE / "resources")
STARTER = RESOURCES / "models" / "starter"

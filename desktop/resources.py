"""Paths of the files that ship with Safelight (beside the package in a checkout, inside it in a wheel), and its name for desktops."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
RESOURCES = next((folder for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources") if folder.is_dir()), _PACKAGE / "resources")
STARTER = RESOURCES / "models" / "starter"
CLIP_TOKENIZER = RESOURCES / "tokenizers" / "clip"  # for models in single files, which hold none
APPLICATION_ID = "io.github.safelight.Safelight"  # names the files of launcher/, the icon in the theme and, on Wayland, the window

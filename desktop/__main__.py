"""Command line: opens the window, or generates one picture with `--headless`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import __version__
from .diffusion.fields import FIELDS, Editor


def main(words: list[str] | None = None) -> int:
    parser = _parser()
    arguments = parser.parse_args(words)
    if arguments.headless:
        if arguments.prompt is None or arguments.output is None:
            parser.error("--headless needs --prompt TEXT and --output FILE")
        if arguments.files:
            parser.error("--headless cannot open pictures")
        from . import headless

        return headless.main(arguments)
    if misplaced := [option for option, name in HEADLESS_ONLY.items() if getattr(arguments, name) is not None]:
        parser.error(f"{misplaced[0]} needs --headless")
    from . import app

    return app.main(arguments)


NUMBERS = {
    f"--{'guidance' if field.key == 'guidance_scale' else field.key.replace('_', '-')}": field
    for field in FIELDS
    if field.part and field.editor in (Editor.NUMBER, Editor.DECIMAL, Editor.SEED)
}
HEADLESS_ONLY = {  # by option: the name of its value, which is the key of the recipe field where there is one
    "--prompt": "prompt",
    "--negative": "negative_prompt",
    **{option: field.key for option, field in NUMBERS.items()},
    "--size": "size",
    "--sampler": "sampler",
    "--refiner": "refiner",
    "--lora": "loras",
    "--output": "output",
    "--frames": "frames",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="safelight", description="Watch a picture develop, steer it, keep every step.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a picture with a recipe: open it and restore its settings")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep settings, runs and pictures in this folder")
    parser.add_argument(
        "--model", metavar="NAME|PATH", help="the name of a model, a folder in diffusers layout, or a safetensors or GGUF file"
    )
    parser.add_argument("--headless", action="store_true", help="generate one picture without a window, then exit")
    headless = parser.add_argument_group("with --headless")
    headless.add_argument("--prompt", metavar="TEXT")
    headless.add_argument("--negative", dest="negative_prompt", metavar="TEXT")
    for option, field in NUMBERS.items():
        headless.add_argument(option, dest=field.key, type=field.editor.type, metavar="X" if field.editor is Editor.DECIMAL else "N")
    headless.add_argument("--size", type=_size, metavar="WxH")
    headless.add_argument("--sampler", metavar="NAME")
    headless.add_argument("--refiner", metavar="NAME|PATH", help="the model that makes the last steps, or enlarges the picture")
    headless.add_argument(
        "--lora",
        dest="loras",
        action="append",
        type=_lora,
        metavar="FILE[:WEIGHT]",
        help="a LoRA, or an embedding that the prompt names; may be repeated",
    )
    headless.add_argument("--output", type=Path, metavar="FILE", help="PNG, JPEG, WebP or AVIF; an existing file is refused")
    headless.add_argument("--frames", type=Path, metavar="DIR", help="also write the decoded preview of each step here")
    return parser


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = text.lower().replace("×", "x").split("x")
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 512x512") from None


def _lora(text: str) -> tuple[Path, float | None]:
    """The file and its weight, if that is given."""
    file, _, weight = text.rpartition(":")
    try:
        return Path(file), float(weight)
    except ValueError:
        return Path(text), None


if __name__ == "__main__":
    sys.exit(main())

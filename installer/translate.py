"""Bring the translations up to date: gather every sentence of the program, then make what the window loads.

    python installer/translate.py            update resources/i18n/*.ts and the .qm beside them
    python installer/translate.py FOLDER     only gather, into FOLDER

Sentences are written as tr("Safelight", "…") or QT_TRANSLATE_NOOP("Safelight", "…"). Translate new ones in
safelight_zh_CN.ts (Qt Linguist: pyside6-linguist), then run this again. safelight_en.ts holds nothing but plurals.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "i18n"
TOOLS = Path(sys.executable).parent
LANGUAGES = {"zh_CN": (), "en": ("-pluralonly",)}


def gather(folder: Path) -> None:
    """Merge the program's sentences into the .ts files of `folder`; translations that are there stay."""
    sources = sorted(str(file.relative_to(ROOT)) for part in ("desktop", "installer") for file in (ROOT / part).rglob("*.py"))
    for language, options in LANGUAGES.items():
        _run(
            "pyside6-lupdate",
            *sources,
            *options,
            "-tr-function-alias",
            "translate+=tr",
            "-locations",
            "none",
            "-no-obsolete",
            "-source-language",
            "en",
            "-target-language",
            language,
            "-ts",
            str(folder / f"safelight_{language}.ts"),
        )


def compile_into(folder: Path) -> None:
    """Make each .qm in `folder` from the .ts in the repository; unfinished sentences are left out."""
    for language in LANGUAGES:
        _run("pyside6-lrelease", str(FOLDER / f"safelight_{language}.ts"), "-qm", str(folder / f"safelight_{language}.qm"))


def _run(tool: str, *arguments: str) -> None:
    done = subprocess.run([str(TOOLS / tool), *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{tool} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        gather(Path(sys.argv[1]))
    else:
        FOLDER.mkdir(exist_ok=True)
        gather(FOLDER)
        compile_into(FOLDER)

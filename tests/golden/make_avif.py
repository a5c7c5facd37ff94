"""Made the AVIF pictures here from the PNGs beside them, and their entries in `expected.json`. Kept to be read, like `make.py`."""

import json
from pathlib import Path

from desktop.library.artwork import encode, reopened

HERE = Path(__file__).parent


def main() -> None:
    file = HERE / "expected.json"
    expected = json.loads(file.read_text(encoding="utf-8"))
    for name in ("plain", "Chinese", "branched", "saved step", "no recipe"):
        path = HERE / "pictures" / f"{name}.avif"
        path.write_bytes(encode(reopened(path.with_suffix(".png")), path))
        expected["pictures"][path.name] = expected["pictures"][f"{name}.webp"]
    file.write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

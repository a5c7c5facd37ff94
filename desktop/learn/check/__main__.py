"""Print the table, and exit with 1 if a row fails."""

from __future__ import annotations

import os
import pkgutil
import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> int:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: two threads that wait for each other spin
    parts = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name != "__main__"]
    failed = 0
    for part in names or parts:
        print(f"-- {part}", flush=True)
        for row in import_module(f".{part}", __package__).rows():
            print(row, flush=True)
            failed += not row.holds
    print(f"{failed} failed" if failed else "all hold")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

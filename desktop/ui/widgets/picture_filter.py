"""What dialogs for opening pictures show."""

from __future__ import annotations

from ..language import tr


def picture_filter() -> str:
    """The name filter of a `QFileDialog` for every format that is read."""
    from ...library.artwork import FORMATS  # here: the first paint need not wait for it

    return tr("Safelight", "Pictures") + f" ({' '.join(f'*{suffix}' for suffix in FORMATS)})"

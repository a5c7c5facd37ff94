"""How the window says that a run saves memory."""

from __future__ import annotations

from collections.abc import Mapping

from ..diffusion.offload import Offload
from ..errors import QT_TRANSLATE_NOOP
from .notices import Words

RAN_OUT = QT_TRANSLATE_NOOP("Safelight", "Memory ran out after step {step}, and the run continues from there. {how}")
SAVING: dict[str, str] = {
    Offload.TILED: QT_TRANSLATE_NOOP("Safelight", "Memory is scarce: the picture is decoded in tiles, which may change its finest detail."),
    Offload.MODEL: QT_TRANSLATE_NOOP(
        "Safelight", "Memory is scarce: only the part of the model that computes is on the graphics card. Pictures take longer."
    ),
    Offload.GROUP: QT_TRANSLATE_NOOP(
        "Safelight", "Memory is scarce: the model is moved to the graphics card layer by layer. Pictures take longer."
    ),
    Offload.DISK: QT_TRANSLATE_NOOP(
        "Safelight", "Memory is scarce: the layers of the model are read from disk as they are needed. Pictures take much longer."
    ),
    Offload.SEQUENTIAL: QT_TRANSLATE_NOOP(
        "Safelight", "Memory is scarce: one layer of the model at a time is on the graphics card. Pictures take much longer."
    ),
}


def saving(environment: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """The sentence for a run with this environment and its values; None if it saves no memory."""
    how = SAVING.get(str(environment.get("offload", "")))
    if how is None:
        return None
    changes = environment.get("offload_changes")
    if isinstance(changes, list) and changes:
        return RAN_OUT, {"step": changes[-1]["after"], "how": Words(how, {})}
    return how, {}

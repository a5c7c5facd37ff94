"""What is said about an item of the gallery or the history, in the words of the window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QDate, QDateTime, QLocale

from ...diffusion.run import Ending
from ...library.gallery_index import Item
from ...library.likeness import Likeness
from ...studio.notices import quoted
from ..language import sentence, tr
from .endings import at_step

MOST_LETTERS = 80  # of a prompt in a title


def heading(of: date | Likeness) -> str:
    """The heading of a group."""
    match of:
        case Likeness.SAME:
            return tr("Safelight", "This picture")
        case Likeness.PROMPT:
            return tr("Safelight", "Same prompt")
        case Likeness.NOISE:
            return tr("Safelight", "Same starting noise (seed, size and model)")
        case Likeness.WORDS:
            return tr("Safelight", "Similar prompt")
    today = date.today()
    if of == today:
        return tr("Safelight", "Today")
    if of == today - timedelta(days=1):
        return tr("Safelight", "Yesterday")
    locale = QLocale()
    long = tr("Safelight", "dddd, d MMMM") if of.year == today.year else locale.dateFormat(QLocale.FormatType.LongFormat)
    return locale.toString(QDate(of.year, of.month, of.day), long)


def title(item: Item) -> str:
    """The prompt, or the name of the file where there is none."""
    return in_one_line(item.prompt) or (tr("Safelight", "no prompt") if item.is_run else item.path.name)


def in_one_line(prompt: str) -> str:
    return quoted(" ".join(prompt.split()), MOST_LETTERS)


def state(item: Item) -> str:
    """How an unfinished run ended, or which step a picture shows; "" for a finished picture."""
    if item.ending == Ending.FINISHED:  # in the trash, without its picture
        return tr("Safelight", "Finished run")
    return at_step(item.ending, item.step, item.calls)


def moment(item: Item) -> str:
    """When it was made, in the user's format."""
    try:
        when = datetime.fromtimestamp(item.made)
    except (OverflowError, OSError, ValueError):
        return ""
    locale = QLocale()
    made = QDateTime.fromSecsSinceEpoch(int(item.made))
    days = {date.today(): tr("Safelight", "today"), date.today() - timedelta(days=1): tr("Safelight", "yesterday")}
    day = days.get(when.date()) or locale.toString(made.date(), QLocale.FormatType.ShortFormat)
    return f"{day}, {locale.toString(made.time(), QLocale.FormatType.ShortFormat)}"


def described(item: Item, starred: bool) -> str:
    """Everything that a tile shows, for screen readers."""
    parts = [title(item), state(item), tr("Safelight", "starred") if starred else "", moment(item)]
    if item.error:
        parts.append(sentence(item.error.template, item.error.values))
    return ", ".join(filter(None, parts))


def size(width: int, height: int) -> str:
    return f"{width} × {height}"


def counted(count: int) -> str:
    """How many pictures there are."""
    return tr("Safelight", "1 picture") if count == 1 else tr("Safelight", "{count} pictures").format(count=QLocale().toString(count))


def items(count: int) -> str:
    """How many pictures and runs there are."""
    return tr("Safelight", "1 item") if count == 1 else tr("Safelight", "{count} items").format(count=QLocale().toString(count))


def names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)

"""History: the prompts used before, and the text that is being typed as the newest of them. Knows nothing of Qt."""

from __future__ import annotations

from collections.abc import Iterable

from ..library.drafts import MOST_PROMPTS


class History:
    """Walked with `older` and `newer`. Text that was typed is never lost: it waits at the newest end."""

    def __init__(self, prompts: Iterable[str] = ()) -> None:
        self._prompts = list(prompts)  # the newest last
        self._typed = ""
        self._place = len(self._prompts)  # what was shown last; behind the prompts is the typed text

    @property
    def prompts(self) -> tuple[str, ...]:
        return tuple(self._prompts)

    def remember(self, prompt: str) -> None:
        """`prompt` was used: it is now the newest, and there only once."""
        if prompt.strip():
            self._prompts = [*(old for old in self._prompts if old != prompt), prompt][-MOST_PROMPTS:]
        self._place, self._typed = len(self._prompts), ""

    def older(self, shown: str) -> str:
        """What comes before `shown`, the text on screen; `shown` itself at the oldest end."""
        self._take(shown)
        place = self._place - 1
        while place >= 0 and self._prompts[place] == shown:
            place -= 1
        if place >= 0:
            self._place = place
        return self._at(self._place)

    def newer(self, shown: str) -> str:
        """What comes after `shown`; the typed text at the end."""
        self._take(shown)
        self._place = min(self._place + 1, len(self._prompts))
        return self._at(self._place)

    def _at(self, place: int) -> str:
        return self._prompts[place] if place < len(self._prompts) else self._typed

    def _take(self, shown: str) -> None:
        """Text that did not come from here was typed, and becomes the newest; what was typed before it is kept too."""
        if shown != self._at(self._place):
            if self._typed != shown and self._place < len(self._prompts):
                self.remember(self._typed)
            self._typed, self._place = shown, len(self._prompts)

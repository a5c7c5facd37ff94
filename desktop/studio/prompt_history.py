"""PromptHistory: the prompts used before, with the text being typed as the newest entry. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

from ..library.drafts import MOST_PROMPTS


class PromptHistory:
    """Browse with `older` and `newer`. Typed text is kept as the newest entry."""

    def __init__(self, prompts: Iterable[str] = ()) -> None:
        self._prompts = list(prompts)  # the newest last
        self._typed = ""
        self._place = len(self._prompts)  # index shown last; `len(_prompts)` is the typed text

    @property
    def prompts(self) -> tuple[str, ...]:
        return tuple(self._prompts)

    def remember(self, prompt: str) -> None:
        """Make `prompt` the newest entry and remove earlier copies of it."""
        if prompt.strip():
            self._prompts = [*(old for old in self._prompts if old != prompt), prompt][-MOST_PROMPTS:]
        self._place, self._typed = len(self._prompts), ""

    def older(self, shown: str) -> str:
        """Return the entry before `shown`, the text on screen; `shown` itself if it is the oldest."""
        self._take(shown)
        place = self._place - 1
        while place >= 0 and self._prompts[place] == shown:
            place -= 1
        if place >= 0:
            self._place = place
        return self._at(self._place)

    def newer(self, shown: str) -> str:
        """Return the entry after `shown`; the typed text at the end."""
        self._take(shown)
        self._place = min(self._place + 1, len(self._prompts))
        return self._at(self._place)

    def _at(self, place: int) -> str:
        return self._prompts[place] if place < len(self._prompts) else self._typed

    def _take(self, shown: str) -> None:
        """If `shown` is not the entry shown last, the user typed it: make it the typed text, and keep the one before it."""
        if shown != self._at(self._place):
            if self._typed != shown and self._place < len(self._prompts):
                self.remember(self._typed)
            self._typed, self._place = shown, len(self._prompts)

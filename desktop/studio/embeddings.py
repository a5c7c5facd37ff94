"""Embeddings: the embeddings on this computer, which of them fit the chosen model, and which of them a recipe names."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.adapters import Adapter
from ..diffusion.embeddings import Names
from ..diffusion.recipe import Recipe
from .notices import Notices

if TYPE_CHECKING:
    from ..library.adapters import AdapterLibrary, ForModel, Listed
    from ..library.models import Model


class Embeddings(QObject):
    """Which are used follows from the prompts. Files are read on threads; until then those of the restored recipe count."""

    changed = Signal()  # what is known of them
    chosen = Signal(str)  # a name for the prompt

    def __init__(self, library: AdapterLibrary, notices: Notices) -> None:
        super().__init__()
        self._library = library
        self._notices = notices
        self._model: Model | None = None
        self._known_for: Model | None = None  # the model that `all` is for
        self._given: tuple[Adapter, ...] = ()  # of the restored recipe
        self._adapters: dict[str, Adapter] = {}  # those that can be used, by word
        self._misfits = Names({})
        self._problems: dict[str, ForModel] = {}  # those that cannot be used, by name
        self.all: tuple[ForModel, ...] = ()
        self.names = Names({})  # of those that can be used

    def use_model(self, model: Model | None) -> None:
        """They are for `model` now."""
        if model != self._model:
            self._model = model
            self.look()

    def take(self, adapters: Sequence[Adapter]) -> None:
        """Those of a restored recipe, which may have other names here, and count before the disk is read."""
        if tuple(adapters) != self._given:
            self._given = tuple(adapters)
            self._follow()

    def look(self) -> None:
        """Find out which of the listed ones fit the model."""
        if self._model is not None and self._library.is_read:
            self._notices.spawn(self._look(self._model))

    def choose(self, listed: Listed) -> None:
        """Have its name written in the prompt."""
        self.chosen.emit(listed.words[-1])

    def named_in(self, recipe: Recipe) -> Recipe:
        """`recipe` with the embeddings that its prompts name."""
        names = self.names.found((recipe.prompt.text, recipe.prompt.negative))
        return recipe.with_values(embeddings=tuple(self._adapters[name] for name in names))

    def named_later(self, held: Recipe, prompt: str, negative: str) -> tuple[Adapter, ...]:
        """Those that new prompts of a run name: of `held`, its settings so far, and, if its model is the chosen one, any other."""
        if (prompt, negative) == (held.prompt.text, held.prompt.negative):
            return held.embeddings
        of_run = {each.name: each for each in held.embeddings}
        others = self._adapters if self._model is not None and self._model.name == held.model.name else {}
        every = {**{name: each for name, each in others.items() if name.lower() not in map(str.lower, of_run)}, **of_run}
        return tuple(every[name] for name in Names(dict.fromkeys(every, 1)).found((prompt, negative)))

    def misfits_in(self, recipe: Recipe) -> list[ForModel]:
        """Those that the prompts of `recipe` name, and that cannot be used, so that their names are read as words."""
        return [self._problems[name] for name in self._misfits.found((recipe.prompt.text, recipe.prompt.negative))]

    async def _look(self, model: Model) -> None:
        found = await asyncio.to_thread(self._library.embeddings_for, model)
        if model == self._model:
            self.all, self._known_for = found, model
            self._follow()

    def _follow(self) -> None:
        if self._model is not None and self._known_for == self._model:
            usable = {word: each for each in self.all if each.adapter for word in each.listed.words}
            by_hash = {each.adapter.fingerprint: each for each in self.all if each.adapter}
            elsewhere = {given.name: by_hash[given.fingerprint] for given in self._given if given.fingerprint in by_hash}
            vectors = {
                word: each.listed.embedding.vectors for word, each in (elsewhere | usable).items() if each.listed.embedding is not None
            }
            self._adapters = {word: replace(each.adapter, name=word) for word, each in (elsewhere | usable).items() if each.adapter}
            self._problems = {word: each for each in self.all if each.problem for word in each.listed.words if word not in vectors}
        else:
            vectors = {given.name: 1 for given in self._given}
            self._adapters, self._problems = {given.name: given for given in self._given}, {}
        self.names, self._misfits = Names(vectors), Names(dict.fromkeys(self._problems, 1))
        self.changed.emit()

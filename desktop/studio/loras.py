"""Loras: the LoRAs on this computer, those that the next pictures are made with, and what is known of each for the chosen model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.adapters import MOST_ADAPTERS, Adapter
from ..errors import QT_TRANSLATE_NOOP, SafelightError
from ..library.drafts import Chosen
from .embeddings import Embeddings
from .model_shelf import ModelQuery, removal
from .notices import NoticeKind, Notices
from .undo import Change, Undo, between

if TYPE_CHECKING:
    from ..library.adapter_file import Fit
    from ..library.adapters import AdapterLibrary, Listed
    from ..library.few_steps import Advice
    from ..library.models import Model

Rows = tuple[Chosen, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one LoRA. Without `listed`, it is not on this computer."""

    listed: Listed | None = None
    fit: Fit | None = None  # for the chosen model; None where that is not known
    problem: SafelightError | None = None  # why it cannot be used with the chosen model

    @property
    def is_usable(self) -> bool:
        return self.listed is not None and self.problem is None


class Loras(QObject):
    """Rows of LoRAs, each on or off. Files are read on threads; until then nothing is known of a row, and it counts as usable."""

    changed = Signal()  # the rows
    looked = Signal()  # more is known of them
    advised = Signal(str, object)  # name and `Advice` of a few-step LoRA that was added, or that the user asks to follow
    files_changed = Signal()  # the files that the user opened
    listed_changed = Signal()  # what is on this computer
    judged = Signal()  # `fits`

    def __init__(self, library: AdapterLibrary, watch: Callable[[Path], None], notices: Notices, undo: Undo) -> None:
        """`watch` lists what is in a folder from now on, and has `look_into` called."""
        super().__init__()
        self._library = library
        self._watch = watch
        self._notices = notices
        self._undo = undo
        self._known: dict[str, Known] = {}  # by `Adapter.key`
        self._model: Model | None = None
        self._is_read = False  # whether the library knows what is on the disk
        self._opened_folder: Path | None = None  # of which it is to be told what was found
        self._judges = False  # whether somebody wants to know `fits`
        self.embeddings = Embeddings(library, notices)
        self.rows: Rows = ()
        self.fits: Mapping[Path, Fit | None] = {}  # of listed files, for the chosen model; see `judge`

    @property
    def adapters(self) -> tuple[Adapter, ...]:
        """Those that the next pictures are made with."""
        return tuple(row.adapter for row in self.rows if row.is_on and self.is_usable(row))

    @property
    def listed(self) -> tuple[Listed, ...]:
        """All LoRAs that are known on this computer."""
        return self._library.adapters

    @property
    def everything(self) -> tuple[Listed, ...]:
        """All LoRAs and embeddings that are known on this computer."""
        return (*self._library.adapters, *self._library.embeddings)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the user opened, for the settings."""
        return self._library.files

    @property
    def model(self) -> Model | None:
        """The chosen model, for which they are judged."""
        return self._model

    @property
    def folder(self) -> Path | None:
        """Where the user opened a file last."""
        return self._library.files[-1].parent if self._library.files else None

    def known(self, row: Chosen) -> Known | None:
        """What is known of it; None before its file was looked for."""
        return self._known.get(row.adapter.key)

    def is_usable(self, row: Chosen) -> bool:
        known = self.known(row)
        return known is None or known.is_usable

    def advice(self, listed: Listed) -> Advice | None:
        """The settings that it needs, if it is a few-step LoRA."""
        from ..library import few_steps  # here: the first paint need not wait for it

        return few_steps.advice(listed.file) if listed.file else None

    def preferred(self, listed: Listed) -> float | None:
        """The strength that it is made for, or that other programs keep for it; None if that is unknown."""
        from ..library import few_steps  # as above

        return few_steps.weight(listed.file) if listed.file else None

    def use_model(self, model: Model | None) -> None:
        """The LoRAs and embeddings are for `model` now."""
        self.embeddings.use_model(model)
        if model != self._model:
            self._model = model
            self._known.clear()
            self._look_soon()
            self.fits = {}
            if self._judges:
                self.judge()

    def read(self) -> None:
        """Look what is on the disk."""
        self._notices.spawn(self._read())

    def look_into(self, folders: Sequence[Path]) -> None:
        """Look what is in these watched folders, and in no others."""
        self._library.set_folders(folders)
        self.read()

    def judge(self) -> None:
        """Find out how well each listed LoRA fits the chosen model, and from now on any other that is chosen."""
        self._judges = True
        self._notices.spawn(self._judge())

    def find(self, query: ModelQuery) -> list[Listed]:
        """The listed LoRAs and embeddings that `query` asks for, in its order. They read no language."""

        def fits(listed: Listed) -> bool:
            file = listed.file
            more = f"{file.title} {' '.join(file.triggers)}" if file else " ".join(listed.words)
            return query.fits(f"{listed.name} {listed.family} {more} {listed.path}", listed.family, (), listed.found_in)

        def place(listed: Listed) -> tuple[bool, tuple[float | str, str]]:
            return listed.problem is not None, query.order.place(listed.name, listed.family, listed.disk, listed.changed)

        return sorted(filter(fits, self.everything), key=place)

    @property
    def families(self) -> list[str]:
        """Names of the families of all listed LoRAs and embeddings that are known."""
        return sorted({listed.family for listed in self.everything if listed.family})

    def set_rows(self, rows: Iterable[Chosen]) -> None:
        rows = tuple(rows)
        if rows != self.rows or [row.adapter.name for row in rows] != [row.adapter.name for row in self.rows]:
            self.rows = rows
            self.changed.emit()
            self._look_soon()

    def take(self, adapters: Sequence[Adapter]) -> None:
        """Use `adapters` and no others; rows that are off, and not among them, stay."""
        others = [row for row in self.rows if not row.is_on and not any(row.adapter.is_same_file(each) for each in adapters)]
        self.set_rows((*(Chosen(adapter) for adapter in adapters), *others))

    def add(self, files: Sequence[Path]) -> None:
        """Add the LoRAs in `files`, each at the end; one that is there already is switched on. Embeddings are named in the prompt."""
        self._notices.spawn(self._add(files))

    def open_folder(self, folder: Path) -> None:
        """List the LoRAs in `folder` from now on, and its models."""
        self._opened_folder = folder
        self._watch(folder)

    async def open(self, files: Sequence[Path]) -> Listed | None:
        """List the LoRAs in `files`; return the last. Errors as `AdapterLibrary.open`."""
        listed = None
        for file in files:
            listed = await asyncio.to_thread(self._library.open, file)
        self._is_read = True
        self.files_changed.emit()
        self._tell_listed()
        return listed

    def close(self, listed: Listed) -> None:
        """Take a LoRA that the user opened off the list, not one of a watched folder; it can be undone. The file stays where it is."""
        path = listed.path
        if path not in self.files:
            return
        place = self.files.index(path)

        async def change(do: Callable[[], object]) -> None:
            await asyncio.to_thread(do)
            self.files_changed.emit()
            await self._follow_library()

        def remove() -> None:
            self._notices.spawn(change(lambda: self._library.remove(path) if path in self.files else None))

        def restore() -> None:
            self._notices.spawn(change(lambda: self._library.insert(path, place)))

        remove()
        self._undo.record(removal(listed.name, remove, restore))

    def set_weight(self, place: int, weight: float) -> None:
        row = self.rows[place]
        self._replace(place, replace(row, adapter=replace(row.adapter, weight=weight)))

    def switch(self, place: int, is_on: bool) -> None:
        self._replace(place, replace(self.rows[place], is_on=is_on))

    def remove(self, place: int) -> None:
        """Take a row out; it can be undone. The file stays where it is."""
        before, after = self.rows, self.rows[:place] + self.rows[place + 1 :]
        self._do(
            before,
            after,
            QT_TRANSLATE_NOOP("Safelight", "removing the LoRA “{name}”"),
            QT_TRANSLATE_NOOP("Safelight", "The LoRA “{name}” was removed."),
            place,
        )

    def move(self, place: int, to: int) -> None:
        """Bring a row to another place; it can be undone."""
        if to == place or not 0 <= to < len(self.rows):
            return
        before, rest = self.rows, self.rows[:place] + self.rows[place + 1 :]
        after = (*rest[:to], before[place], *rest[to:])
        self._do(before, after, QT_TRANSLATE_NOOP("Safelight", "moving the LoRA “{name}”"), "", place)

    async def found(self, adapters: Sequence[Adapter], are_embeddings: bool = False) -> tuple[list[Adapter], list[Adapter], list[str]]:
        """`adapters` as they are called here; those of them that are not here; and the names of those that are other files here.

        One that is not here stays as it is. Embeddings keep their names, which the prompts call them by.
        """

        def look() -> tuple[list[Adapter], list[Adapter], list[str]]:
            here: list[Adapter] = []
            missing: list[Adapter] = []
            others: list[str] = []
            for adapter in adapters:
                try:
                    found = self._library.like(adapter, are_embeddings)
                    identified = self._library.identified(found[0], adapter.weight) if found else adapter
                    here.append(replace(identified, name=adapter.name) if are_embeddings else identified)
                except SafelightError:
                    found = None
                    here.append(adapter)
                if found is None:
                    missing.append(adapter)
                elif not found[1] and (adapter.fingerprint or adapter.short_hash):
                    others.append(adapter.name)
            return here, missing, others

        return await asyncio.to_thread(look)

    # -- inside

    def _do(self, before: Rows, after: Rows, name: str, told: str, place: int) -> None:
        self.set_rows(after)
        change = between(lambda: self.set_rows(before), lambda: self.set_rows(after))
        self._undo.record(Change(name, told, change, {"name": before[place].adapter.name}))

    def _replace(self, place: int, row: Chosen) -> None:
        self.set_rows((*self.rows[:place], row, *self.rows[place + 1 :]))

    async def _add(self, files: Sequence[Path]) -> None:
        for file in files:
            listed = await asyncio.to_thread(self._library.open, file)
            self._is_read = True
            adapter = await asyncio.to_thread(self._library.identified, listed)
            self.files_changed.emit()
            self._tell_listed()
            if listed.is_embedding:
                self.embeddings.choose(listed)
                continue
            place = next((place for place, row in enumerate(self.rows) if row.adapter.is_same_file(adapter)), None)
            if place is not None:
                self.switch(place, True)
            elif len(self.rows) >= MOST_ADAPTERS:
                self._notices.tell(
                    NoticeKind.WARNING,
                    QT_TRANSLATE_NOOP("Safelight", "At most {most} LoRAs can be used at once. Remove one first."),
                    most=MOST_ADAPTERS,
                )
            else:
                advice = self.advice(listed)
                row = Chosen(replace(adapter, weight=self.preferred(listed) or 1.0))
                self.set_rows((*self.rows, row))
                await self._look()
                if advice and self.is_usable(row):
                    self.advised.emit(listed.name, advice)

    def _tell_listed(self) -> None:
        self.listed_changed.emit()
        self.embeddings.look()
        if self._judges:
            self.judge()

    async def _read(self) -> None:
        await asyncio.to_thread(self._library.read)
        await self._follow_library()

    async def _follow_library(self) -> None:
        """Tell what the library found on the disk, and look at everything anew."""
        self._is_read = True
        self._known.clear()
        self.fits = {}
        if (folder := self._opened_folder) is not None:
            self._opened_folder = None
            self._notices.tell(
                NoticeKind.DONE,
                QT_TRANSLATE_NOOP("Safelight", "{count} LoRAs were found in {folder}. Choose them with the plus sign."),
                count=sum(listed.path.is_relative_to(folder) for listed in self.listed),
                folder=folder.name,
            )
        self._tell_listed()
        await self._look()

    async def _judge(self) -> None:
        model = self._model
        wanted = [listed for listed in self.listed if listed.file and listed.path not in self.fits]
        if model is None or not wanted:
            return
        found = await asyncio.to_thread(lambda: {listed.path: self._library.fit(listed, model) for listed in wanted})
        if model == self._model:
            self.fits = {**self.fits, **found}
            self.judged.emit()

    def _look_soon(self) -> None:
        if any(self.known(row) is None for row in self.rows):
            self._notices.spawn(self._look())

    async def _look(self) -> None:
        """Find out what is not known yet of the rows."""
        model = self._model
        wanted = {row.adapter.key: row.adapter for row in self.rows if self.known(row) is None}
        if model is None or not wanted or not self._is_read:
            return
        found = await asyncio.to_thread(lambda: {key: _looked_at(self._library, adapter, model) for key, adapter in wanted.items()})
        if model == self._model:
            self._known |= found
            self.looked.emit()


def _looked_at(library: AdapterLibrary, adapter: Adapter, model: Model) -> Known:
    from ..library.adapters import unfit

    found = library.like(adapter)
    if found is None or (adapter.fingerprint and not found[1]):
        return Known()
    listed = found[0]
    fit = library.fit(listed, model)
    problem = listed.problem
    if fit is not None and not fit.matched and listed.file is not None:
        problem = unfit(listed.name, listed.file, model)
    return Known(listed, fit, problem)

"""ModelShelf: the models on this computer and the folders in which they are looked for, as far as the user wants them listed."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.families import has_index
from ..errors import QT_TRANSLATE_NOOP, ModelIncomplete, ModelPartsMissing, NoModelsThere, NotAModel, SafelightError
from ..library.known_models import Known, KnownModels, Weights
from ..library.models import Model, ModelLibrary
from .folder_watch import FolderWatch
from .notices import NoticeKind, Notices
from .undo import Change, Undo, between

if TYPE_CHECKING:
    from ..diffusion.working_memory import Hardware
    from ..library.model_sources import Listing

AT_ONCE = 8  # models that are read before the list is told
STARTER_KEY = "starter"  # instead of a path, in `default`


@dataclass(frozen=True, slots=True)
class Source:
    """A watched folder."""

    folder: Path
    program: str = ""  # whose folder it is; "" for a plain one
    count: int = 0  # models that are listed from it
    problem: SafelightError | None = None  # of the whole folder


class Order(StrEnum):
    """In which models are shown. Those that cannot be used come last."""

    NAME = QT_TRANSLATE_NOOP("Safelight", "By name")
    FAMILY = QT_TRANSLATE_NOOP("Safelight", "By family")
    SMALLEST = QT_TRANSLATE_NOOP("Safelight", "Smallest first")
    LARGEST = QT_TRANSLATE_NOOP("Safelight", "Largest first")
    NEWEST = QT_TRANSLATE_NOOP("Safelight", "Newest first")

    def place(self, name: str, family: str, disk: int, changed: float) -> tuple[float | str, str]:
        """What a model or LoRA is sorted by. `disk` in bytes, `changed` in any unit of time."""
        by: dict[Order, float | str] = {Order.FAMILY: family, Order.SMALLEST: disk, Order.LARGEST: -disk, Order.NEWEST: -changed}
        return by.get(self, ""), name.casefold()


@dataclass(frozen=True, slots=True)
class ModelQuery:
    """Which models or LoRAs are shown."""

    text: str = ""  # words that all occur in name, family or path; of LoRAs also in title or trigger words
    family: str = ""  # its name; "" for every one
    language: str = ""  # that the model reads; "" for any
    source: Path | None = None  # the watched folder in which it was found; None: anywhere
    only_own: bool = False  # not found in a watched folder
    order: Order = Order.NAME

    def fits(self, text: str, family: str, languages: Sequence[str], found_in: Path | None) -> bool:
        """Whether something with these facts is shown. `text`: in which `self.text` is looked for. `family`: "" if it is not known."""
        return (
            all(word in text.casefold() for word in self.text.casefold().split())
            and self.family in ("", family)
            and (not self.language or self.language in languages)
            and (self.source is None or found_in == self.source)
            and (not self.only_own or found_in is None)
        )


@dataclass(frozen=True, slots=True)
class ModelsRead:
    """Of reading the models that are not known yet."""

    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """Of this computer, in bytes."""

    memory: int
    free_memory: int
    free_disk: int  # where Safelight keeps its own files


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose here, for the settings."""

    opened: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    hidden: frozenset[Path] = frozenset()  # found, but not wanted in the list
    default: str = ""  # the path of a model, or `STARTER_KEY`; "" for the one that was chosen last


class ModelShelf(QObject):
    """Nothing is read before `restore` and `look`. Files of models are never changed. The disk is read on other threads."""

    changed = Signal()  # `models`, `sources` or the default model
    facts_changed = Signal()  # `weights`, `same` or what the machine has
    progressed = Signal()
    offered = Signal()  # `offers`
    looked = Signal(object)  # Sequence[Path]: the watched folders, whose files are known by name now

    def __init__(
        self,
        library: ModelLibrary,
        known: KnownModels,
        choices: Choices,
        disk: Path,
        hardware: Callable[[], Awaitable[Hardware | None]],
        notices: Notices,
        undo: Undo,
    ) -> None:
        """`disk`: a folder on the disk whose free space is told."""
        super().__init__()
        self.progress = ModelsRead()
        self.offers: tuple[Source, ...] = ()  # folders of other programs that are not watched
        self.hardware: Hardware | None = None  # None until the libraries are loaded
        self.room: Room | None = None
        self.weights: Mapping[Path, Weights] = {}  # by the path of the model
        self.same: Mapping[Path, tuple[Model, ...]] = {}  # the other models with the same weights, by path
        self._library = library
        self._known = known
        self._folders = list(choices.folders)
        self._hidden = set(choices.hidden)
        self._default = choices.default
        self._disk = disk
        self._ask_hardware = hardware
        self._notices = notices
        self._undo = undo
        self._listings: dict[Path, Listing] = {}
        self._programs: dict[Path, str] = {}
        self._look_wanted = False
        self._looking: asyncio.Task[None] | None = None
        self._watch = FolderWatch()
        self._is_watching = False
        self._watch.changed.connect(lambda folders: self.look())
        self.is_restored = not self._folders  # whether `models` are all that were listed when the program ended

    @property
    def models(self) -> tuple[Model, ...]:
        return self._library.models

    @property
    def choices(self) -> Choices:
        return Choices(self._library.opened, tuple(self._folders), frozenset(self._hidden), self._default)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The watched folders, in the order in which they were added."""
        counts: dict[Path, int] = defaultdict(int)
        for model in self.models:
            if model.found_in is not None:
                counts[model.found_in] += 1
        return tuple(
            Source(
                folder, self._programs.get(folder, ""), counts[folder], self._listings[folder].problem if folder in self._listings else None
            )
            for folder in self._folders
        )

    @property
    def default(self) -> Model | None:
        """The model that is chosen at start; None: the one that was chosen last."""
        return next((model for model in self.models if _key(model) == self._default), None)

    def find(self, query: ModelQuery) -> list[Model]:
        """The models that `query` asks for, in its order."""

        def fits(model: Model) -> bool:
            family, languages = ("", ()) if model.problem else (model.family.name, model.languages)
            return query.fits(f"{model.name} {family} {model.path}", family, languages, model.found_in)

        def place(model: Model) -> tuple[bool, tuple[float | str, str]]:
            weights = self.weights.get(model.path) or Weights()
            return model.problem is not None, query.order.place(model.name, model.family.name, weights.disk, weights.changed)

        return sorted(filter(fits, self.models), key=place)

    @property
    def families(self) -> list[str]:
        """Names of the families of all models that can be used."""
        return sorted({model.family.name for model in self.models if not model.problem})

    def memory(self, model: Model) -> int | None:
        """Bytes that a run of `model` needs here; None if that is not known."""
        weights = self.weights.get(model.path)
        if self.hardware is None or weights is None or not weights.numbers:
            return None
        return weights.memory(model, self.hardware)

    @property
    def disk_use(self) -> int:
        """Bytes of all listed models."""
        return sum(weights.disk for model in self.models if (weights := self.weights.get(model.path)))

    # -- changing the list

    async def open(self, path: Path) -> Model:
        """List the model at `path`. Errors as `ModelLibrary.open`."""
        model = await asyncio.to_thread(self._library.open, path)
        self._hidden.discard(model.path)
        await self._weigh()
        self.changed.emit()
        return model

    async def add(self, paths: Sequence[Path]) -> Model | None:
        """List each of `paths` that is a model, and watch each folder that holds models; return the last model that was listed.

        Raises `NoModelsThere` for a folder without any, and as `open`.
        """
        listed = None
        for path in paths:
            try:
                listed = await self.open(path)
            except SafelightError as problem:
                folder = await asyncio.to_thread(_collection, path)
                if folder is not None:
                    self.watch(folder)
                elif isinstance(problem, ModelIncomplete) and await asyncio.to_thread(_is_empty, path):
                    raise NoModelsThere(folder=str(path)) from None
                else:
                    raise
        return listed

    def watch(self, folder: Path) -> None:
        """List the models in `folder`, and follow its changes."""
        if folder not in self._folders:
            self._folders.append(folder)
            self.offers = tuple(offer for offer in self.offers if offer.folder != folder)
            self.offered.emit()
            self.changed.emit()
        self.look()

    def unwatch(self, folder: Path) -> None:
        """Take a watched folder and its models off the list; its files stay."""
        if folder not in self._folders:
            return
        place = self._folders.index(folder)

        def remove() -> None:
            if folder in self._folders:
                self._folders.remove(folder)
                self._listings.pop(folder, None)
                self.look()

        def restore() -> None:
            if folder not in self._folders:
                self._folders.insert(place, folder)
                self.changed.emit()
                self.look()

        remove()
        self._undo.record(
            Change(
                QT_TRANSLATE_NOOP("Safelight", "removing {folder} from the models"),
                QT_TRANSLATE_NOOP("Safelight", "The models in {folder} are no longer listed. Its files are unchanged."),
                between(restore, remove),
                {"folder": folder.name},
            )
        )

    def remove(self, model: Model) -> None:
        """Take a model off the list; its files stay."""
        if model.bundled or model not in self.models:
            return
        if model.found_in is not None:
            remove, restore = self._hide(model.path)
        else:
            remove, restore = self._close(model)
        remove()
        self._undo.record(removal(model.name, remove, restore))

    def _hide(self, path: Path) -> tuple[Callable[[], None], Callable[[], None]]:
        def remove() -> None:
            self._hidden.add(path)
            self._notices.spawn(self._show_found())

        def restore() -> None:
            self._hidden.discard(path)
            self._notices.spawn(self._show_found())

        return remove, restore

    def _close(self, model: Model) -> tuple[Callable[[], None], Callable[[], None]]:
        place = self.models.index(model)

        def remove() -> None:
            if (listed := next((each for each in self.models if each.path == model.path), None)) is not None:
                self._library.remove(listed)
                self.changed.emit()

        async def insert() -> None:
            await asyncio.to_thread(self._library.insert, model, place)
            self.changed.emit()

        def restore() -> None:
            self._notices.spawn(insert())

        return remove, restore

    def make_default(self, model: Model | None) -> None:
        """Choose `model` at every start; None for the one that was chosen last."""
        self._default = _key(model) if model else ""
        self.changed.emit()

    def read_again(self, model: Model) -> None:
        """Read the facts of `model` from its files."""
        self._notices.spawn(self._read_again(model))

    async def _read_again(self, model: Model) -> None:
        self._known.forget(model.path)
        fresh = await asyncio.to_thread(self._library.read_again, model)
        if fresh.found_in is not None:
            await asyncio.to_thread(self._known.add, fresh)
        self.weights = {path: weights for path, weights in self.weights.items() if path != model.path}
        await self._weigh()
        self.changed.emit()
        if fresh.problem is None:
            self._notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "{model} was read again."), model=fresh.name)
        else:
            self._notices.report(fresh.problem)

    # -- looking at the disk

    async def restore(self) -> None:
        """List the models of the watched folders as they were known when the program ended."""
        if self.is_restored:
            return
        remembered = await asyncio.to_thread(self._known.load)
        wanted = [each.model for each in remembered if self._is_wanted(each.model)]
        await asyncio.to_thread(self._library.show_found, wanted, follows_links=False)
        self.weights = {each.model.path: each.weights for each in remembered}
        self.is_restored = True
        self.changed.emit()

    def look(self) -> None:
        """Find out what is in the watched folders now."""
        self._look_wanted = True
        if self._looking is None or self._looking.done():
            self._looking = self._notices.spawn(self._look_on())

    async def offer(self, home: Path) -> None:
        """Find folders of other programs in usual places, and tell of them once if none is watched yet."""
        from ..library.model_sources import program_of, usual_places  # here, and below: the first paint need not wait for it

        places = await asyncio.to_thread(usual_places, home, os.environ)
        names = await asyncio.to_thread(lambda: [program_of(place).name for place in places])
        watched = set(self._folders)
        self.offers = tuple(Source(place, name) for place, name in zip(places, names, strict=True) if place not in watched)
        self.offered.emit()

    async def look_at_machine(self) -> None:
        """Ask how much memory and disk is free. Waits for the run at work."""
        self.room = await asyncio.to_thread(self._measured)
        self.facts_changed.emit()
        if (hardware := await self._ask_hardware()) is not None:
            self.hardware = hardware
            self.facts_changed.emit()

    def close(self) -> None:
        self._watch.close()

    async def _look_on(self) -> None:
        from ..library.model_sources import listing, program_of

        while self._look_wanted:
            self._look_wanted = False
            folders = list(self._folders)
            for folder in folders:
                self._listings[folder] = await asyncio.to_thread(listing, folder)
                self._programs[folder] = (await asyncio.to_thread(program_of, folder)).name
            if folders or self._is_watching:
                self._is_watching = True
                self._watch.watch(str(inside) for folder in folders for inside in self._listings[folder].folders)
                self.looked.emit(folders)
            await self._read_new(folders)
        await self._weigh()

    async def _read_new(self, folders: Sequence[Path]) -> None:
        """List what is known at once, then read the rest, a few models at a time."""
        paths: dict[Path, Path] = {}  # the folder of each; of folders within each other, the first
        for folder in folders:
            for path in self._listings[folder].models:
                paths.setdefault(path, folder)

        def unknown() -> list[Path]:
            return [path for path in paths if not (known := self._known.get(path)) or known.model.found_in != paths[path]]

        new = await asyncio.to_thread(unknown)
        await self._show_found()
        await self._read(new, paths)
        partial = [model.path for model in self.models if model.path in paths and isinstance(model.problem, ModelPartsMissing)]
        await self._read(partial, paths)  # a file may share parts of a model that was found after it
        await asyncio.to_thread(self._known.keep, list(paths))

    async def _read(self, paths: Sequence[Path], folder_of: Mapping[Path, Path]) -> None:
        def judge(some: Sequence[Path]) -> list[Known]:
            return [self._known.add(self._library.judged(path, folder_of[path])) for path in some]

        for first in range(0, len(paths), AT_ONCE):
            if self._look_wanted and len(paths) > AT_ONCE:
                break  # another look reads the rest
            self.progress = ModelsRead(first, len(paths))
            self.progressed.emit()
            await asyncio.to_thread(judge, paths[first : first + AT_ONCE])
            await self._show_found()
        self.progress = ModelsRead()
        self.progressed.emit()

    async def _show_found(self) -> None:
        """List what is known of the models in the watched folders."""
        models = []
        for folder in self._folders:
            listing = self._listings.get(folder)
            if listing is None:  # not looked at yet: as before
                models += [model for model in self.models if model.found_in == folder]
            for path in listing.models if listing else ():
                known = self._known.remembered(path)
                if known and known.model.found_in == folder and self._is_wanted(known.model):
                    models.append(known.model)
        await asyncio.to_thread(self._library.show_found, models)
        self.changed.emit()

    def _is_wanted(self, model: Model) -> bool:
        return model.path not in self._hidden and model.found_in in self._folders and not isinstance(model.problem, NotAModel)

    async def _weigh(self) -> None:
        """Find out the sizes of all listed models, and which of them are the same."""
        models = self.models
        self.weights = await asyncio.to_thread(lambda: {model.path: self._known.weights(model) for model in models})
        self.same = await asyncio.to_thread(self._same, models)
        self.facts_changed.emit()

    def _same(self, models: Iterable[Model]) -> dict[Path, tuple[Model, ...]]:
        """By path, the other models with equal fingerprints, or with equal marks where these are not known."""
        alike: dict[str, list[Model]] = defaultdict(list)
        for model in models:
            if (weights := self.weights.get(model.path)) and weights.mark and not model.problem:
                alike[weights.mark].append(model)
        found = {}
        for group in alike.values():
            if len(group) > 1:
                prints = self._library.known_fingerprints(group)
                for model in group:
                    own = prints[model.path]
                    others = [each for each in group if each is not model and (own is None or prints[each.path] in (None, own))]
                    if others:
                        found[model.path] = tuple(others)
        return found

    def _measured(self) -> Room:
        import psutil  # here: the first paint need not wait for it

        memory = psutil.virtual_memory()
        folder = next((folder for folder in (self._disk, *self._disk.parents) if folder.exists()), Path("/"))
        return Room(memory.total, memory.available, shutil.disk_usage(folder).free)


def removal(name: str, remove: Callable[[], object], restore: Callable[[], object]) -> Change:
    """Of a model or LoRA from the list; `remove` was called, and its files stay."""
    return Change(
        QT_TRANSLATE_NOOP("Safelight", "removing {model} from the models"),
        QT_TRANSLATE_NOOP("Safelight", "{model} is no longer listed. Its files are unchanged."),
        between(restore, remove),
        {"model": name},
    )


def _key(model: Model) -> str:
    return STARTER_KEY if model.bundled else str(model.path)


def _collection(path: Path) -> Path | None:
    """The folder to watch for a folder that is no model, but holds models or is a program's; None if it holds none."""
    from ..library.model_sources import holds_models, root_of

    if not path.is_dir() or has_index(path):
        return None
    folder = root_of(Path(os.path.abspath(path)))
    return folder if holds_models(folder) else None


def _is_empty(path: Path) -> bool:
    """Whether `path` is a folder that is no model."""
    return path.is_dir() and not has_index(path)

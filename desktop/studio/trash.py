"""Trash: deletes pictures and runs so that they can be looked at, restored, and deleted for good."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.run import Run
from ..errors import QT_TRANSLATE_NOOP, NotTrashed, NotUntrashed, PictureUnreadable, RecordingBusy, RunBusy, RunToChoose, SafelightError
from .generation import MOST_QUOTED, Generation, Removed
from .held_runs import HeldRuns
from .notices import Notices, quoted
from .picture_files import Moved
from .undo import Change, Revert, Undo

if TYPE_CHECKING:
    from ..library.recording import Summary
    from ..library.recordings import Recordings
    from ..library.trash import Trashed, TrashFolder


@dataclass(frozen=True, slots=True)
class Deleted:
    """What leaves, or comes back."""

    pictures: frozenset[Path] = frozenset()
    runs: frozenset[str] = frozenset()  # ids

    def has(self, run: Run) -> bool:
        return run.id in self.runs or (run.path is not None and run.path in self.pictures)


@dataclass(frozen=True, slots=True)
class _Doomed:
    """Files to delete together: a picture and the file beside it, the recording of its run; all of them may be missing."""

    paths: tuple[Path, ...]  # the picture first, if there is one
    run: str = ""  # id of the run that goes with them
    is_whole: bool = False  # the run itself was deleted, with its branches; else its picture
    leaves_steps: bool = False  # its run has branches, which need its steps

    @property
    def what(self) -> Deleted:
        return Deleted(frozenset(self.paths), frozenset(filter(None, [self.run])))


@dataclass(frozen=True, slots=True)
class _Gone:
    """What was deleted, and what brings it back."""

    doomed: _Doomed
    trashed: Trashed | None  # None for a run that was only in memory
    held: Run | None  # the run as it was in memory


class Trash(QObject):
    """Deleting a picture deletes the recording of its run too, unless a branch needs its steps. A run goes with its branches."""

    leaving = Signal(object)  # Deleted: right away, before its files are moved
    stayed = Signal(object)  # Deleted: it could not be deleted
    returned = Signal(object)  # Deleted: it was restored
    moved = Signal(object)  # list[Moved]
    changed = Signal()  # what is in the trash

    def __init__(
        self, folder: TrashFolder, recordings: Recordings, generation: Generation, held: HeldRuns, notices: Notices, undo: Undo
    ) -> None:
        super().__init__()
        self.folder = folder
        self._recordings = recordings
        self._generation = generation
        self._held = held
        self._notices = notices
        self._undo = undo

    # -- deleting

    def delete_pictures(self, paths: Iterable[Path]) -> None:
        """Delete pictures, or recordings of runs without a picture."""
        wanted = list(paths)
        runs = [path.stem for path in wanted if path.parent == self._recordings.folder]
        pictures = [path for path in wanted if path.parent != self._recordings.folder]
        self.leaving.emit(Deleted(frozenset(pictures)))
        self._undo.perform(self._delete_both(pictures, runs))

    def delete_runs(self, runs: Sequence[Run]) -> None:
        """Delete runs with all their branches, their pictures and their recordings."""
        self._undo.perform(self._delete_both([], [run.id for run in runs]))

    async def _delete_both(self, pictures: list[Path], runs: list[str]) -> Change | None:
        try:
            doomed = await self._look_up(pictures, runs)
        except SafelightError as problem:
            self.stayed.emit(Deleted(frozenset(pictures)))
            self._notices.report(problem)
            return None
        title = next((run.name or run.recipe.final.prompt.text for run in self._held if runs and run.id == runs[0]), "")
        gone, revert = await self._delete(doomed)
        if revert is None:
            return None
        count, first = len(gone), gone[0].doomed.paths[0].name if gone[0].doomed.paths else ""
        if not pictures and len(runs) == 1:
            name, told = (
                QT_TRANSLATE_NOOP("Safelight", "deleting the run “{title}”"),
                QT_TRANSLATE_NOOP("Safelight", "The run “{title}” was moved to the trash."),
            )
        elif count == 1 and gone[0].doomed.leaves_steps:
            name, told = (
                QT_TRANSLATE_NOOP("Safelight", "deleting {file}"),
                QT_TRANSLATE_NOOP("Safelight", "{file} was moved to the trash. Its steps stay in the history: branches need them."),
            )
        elif count == 1:
            name, told = QT_TRANSLATE_NOOP("Safelight", "deleting {file}"), QT_TRANSLATE_NOOP("Safelight", "{file} was moved to the trash.")
        elif runs:
            name, told = (
                QT_TRANSLATE_NOOP("Safelight", "deleting {count} pictures and runs"),
                QT_TRANSLATE_NOOP("Safelight", "{count} pictures and runs were moved to the trash."),
            )
        else:
            name, told = (
                QT_TRANSLATE_NOOP("Safelight", "deleting {count} pictures"),
                QT_TRANSLATE_NOOP("Safelight", "{count} pictures were moved to the trash."),
            )
        title = quoted(" ".join(title.split()), MOST_QUOTED) or QT_TRANSLATE_NOOP("Safelight", "no prompt")
        return Change(name, told, revert, {"file": first, "count": count, "title": title})

    async def _look_up(self, pictures: Sequence[Path], runs: Sequence[str]) -> list[_Doomed]:
        """What goes with these pictures and runs now. Raises `RunBusy`, `RunToChoose`, `RecordingBusy`."""
        generation = self._generation
        if any(run.id in runs for triage in generation.triages for run in triage.runs):
            raise RunToChoose()
        return await asyncio.to_thread(self._doomed, pictures, runs, generation.needed, self._busy, list(self._held))

    @property
    def _busy(self) -> set[str]:
        """The id of the run that is being made."""
        generation = self._generation
        return {generation.run.id} if generation.running and generation.run else set()

    async def _delete(self, doomed: Sequence[_Doomed]) -> tuple[list[_Gone], Revert | None]:
        """Move the files, and take the runs out of the queue and the memory. Report what stays."""
        from ..library import safe_file

        gone: list[_Gone] = []
        removed: list[Removed] = []
        paths, runs = (path for each in doomed for path in each.paths), (each.run for each in doomed if each.run)
        self.leaving.emit(Deleted(frozenset(paths), frozenset(runs)))
        for each in doomed:
            waiting = self._generation.take_out(job for job in self._generation.up_next if any(run.id == each.run for run in job.runs))
            await self._generation.endings_recorded()  # else that would create the recording again
            try:
                if each.run in self._busy:  # its turn came meanwhile
                    raise RunBusy()
                trashed = await asyncio.to_thread(self.folder.put, each.paths) if each.paths else None
            except (OSError, RunBusy) as error:
                why = NotTrashed(file=each.paths[0].name, problem=safe_file.why(error)) if isinstance(error, OSError) else error
                self._notices.report(why)
                self._generation.put_back(waiting)
                self.stayed.emit(each.what)
                continue
            removed += waiting
            held = self._held.get(each.run)
            if held is not None:
                self._held.drop(held)
            gone.append(_Gone(each, trashed, held))
        self.moved.emit([Moved(path, None) for each in gone for path in each.doomed.paths])
        self.changed.emit()
        return gone, self._bringing_back(gone, removed) if gone else None

    def _bringing_back(self, gone: Sequence[_Gone], removed: Sequence[Removed]) -> Revert:
        async def bring_back() -> Revert | None:
            back = [doomed for each in gone if (doomed := await self._bring_back(each))]
            self._generation.put_back(removed)
            self.changed.emit()
            return self._deleting(back) if back else None

        return bring_back

    def _deleting(self, doomed: Sequence[_Doomed]) -> Revert:
        """Looks up anew what goes with it: a run may have branches since."""

        async def delete() -> Revert | None:
            pictures = [each.paths[0] for each in doomed if not each.is_whole]
            return (await self._delete(await self._look_up(pictures, [each.run for each in doomed if each.is_whole])))[1]

        return delete

    async def _bring_back(self, gone: _Gone) -> _Doomed | None:
        """Restore the files and the run in memory. Return where they are now; None, after an error notice, if it fails."""
        paths: tuple[Path, ...] = ()
        if gone.trashed is not None:
            restored = await self._restored(gone.trashed)
            if restored is None:
                return None
            paths = tuple(restored)
        if gone.held is not None:
            if paths and gone.held.path in gone.doomed.paths:
                gone.held.saved_as(paths[0])
            self._held.hold(gone.held)
        back = replace(gone.doomed, paths=paths)
        self.returned.emit(back.what)
        return back

    async def _restored(self, trashed: Trashed) -> list[Path] | None:
        """Move the files of `trashed` back; return where they are now. None, after an error notice, if it fails."""
        from ..library import safe_file

        try:
            places = await asyncio.to_thread(self.folder.restore, trashed)
        except OSError as error:
            self._notices.report(NotUntrashed(file=trashed.shown.name, problem=safe_file.why(error)))
            return None
        self.moved.emit([Moved(None, path) for _, path in places])
        return [path for _, path in places]

    # -- what is in the trash

    async def all(self) -> list[Trashed]:
        """What can be restored, the newest first."""
        return await asyncio.to_thread(self.folder.all)

    async def tidy(self) -> None:
        """Delete for good what the rule of the trash says. Called once at the start, so that whatever was deleted since can be undone."""
        await asyncio.to_thread(self.folder.tidy)

    def restore(self, trashed: Sequence[Trashed]) -> None:
        """Move things back to where they were."""
        self._undo.perform(self._restore(trashed))

    def delete_for_good(self, trashed: Sequence[Trashed]) -> None:
        """Delete things; this cannot be undone."""
        self._notices.spawn(self._delete_for_good(trashed))

    async def _restore(self, trashed: Sequence[Trashed]) -> Change | None:
        from ..library.trash import RECORDING

        back = []
        for each in trashed:
            if (paths := await self._restored(each)) is not None:
                run = next((path.stem for path in paths if path.suffix == RECORDING), "")
                back.append(_Doomed(tuple(paths), run, is_whole=paths[0].suffix == RECORDING))
                self.returned.emit(back[-1].what)
        self.changed.emit()
        if not back:
            return None
        is_one = len(back) == 1
        return Change(
            QT_TRANSLATE_NOOP("Safelight", "restoring {file}") if is_one else QT_TRANSLATE_NOOP("Safelight", "restoring {count} items"),
            QT_TRANSLATE_NOOP("Safelight", "{file} was restored.")
            if is_one
            else QT_TRANSLATE_NOOP("Safelight", "{count} items were restored."),
            self._deleting(back),
            {"file": back[0].paths[0].name, "count": len(back)},
        )

    async def _delete_for_good(self, trashed: Sequence[Trashed]) -> None:
        from ..library import safe_file

        for each in trashed:
            try:
                await asyncio.to_thread(self.folder.delete, each)
            except OSError as error:
                self._notices.report(NotTrashed(file=each.shown.name, problem=safe_file.why(error)))
        self.changed.emit()

    # -- on a pool thread

    def _doomed(
        self, pictures: Sequence[Path], runs: Sequence[str], needed: set[str], busy: set[str], held: Sequence[Run]
    ) -> list[_Doomed]:
        """What goes with these pictures and runs. Reads the disk. Raises `RunBusy`, `RecordingBusy`."""
        summaries = {each.id: each for each in self._recordings.all()}
        parents: dict[str, str | None] = {each.id: each.parent for each in summaries.values()} | {run.id: run.parent for run in held}
        in_memory = {run.id: run for run in held}
        tree = _with_branches(runs, parents)
        if busy.intersection(tree):
            raise RunBusy()
        whole = [self._doomed_run(id, summaries.get(id), in_memory.get(id)) for id in tree]
        taken = {path for each in whole for path in each.paths}
        alone = [path for path in pictures if path not in taken]
        gone = {each.picture: each.id for each in summaries.values() if each.picture in alone and not each.picture.exists()}
        made_by = {
            path: id for path in alone if (id := _run_of(path) or gone.get(path)) and id in parents and id not in needed and id not in tree
        }
        going = {*made_by.values(), *tree}
        while staying := {id for id in made_by.values() if id in going and any(p == id and c not in going for c, p in parents.items())}:
            going -= staying  # a branch needs its steps
        for path in alone:
            run = made_by.get(path, "")
            doomed = self._doomed_picture(path, run if run in going else "", summaries, path in gone)
            whole.append(replace(doomed, leaves_steps=bool(run) and run not in going))
        return whole

    def _doomed_run(self, id: str, summary: Summary | None, run: Run | None) -> _Doomed:
        picture = run.path if run and run.path else summary.picture if summary else None
        files = _with_file_beside(picture) if picture and _run_of(picture) == id else []
        return _Doomed((*files, *self._recording(id, summary)), id, is_whole=True)

    def _doomed_picture(self, path: Path, run: str, summaries: dict[str, Summary], is_gone: bool) -> _Doomed:
        """`is_gone`: of the picture only the recording of its run is left."""
        files = [] if is_gone and run else _with_file_beside(path)
        return _Doomed((*files, *self._recording(run, summaries.get(run))), run, is_whole=not files)

    def _recording(self, id: str, summary: Summary | None) -> list[Path]:
        from ..library.journal import path_of

        if summary is None:
            return []
        if summary.is_running:
            raise RecordingBusy()
        return [path_of(self._recordings.folder, id)]


def _with_branches(ids: Sequence[str], parents: dict[str, str | None]) -> list[str]:
    """`ids` and all that branch from them, parents first."""
    found = list(dict.fromkeys(ids))
    for id in found:  # grows meanwhile
        found += [child for child, parent in parents.items() if parent == id and child not in found]
    return found


def _run_of(picture: Path) -> str:
    """The id of the run whose finished picture this is; "" if unknown."""
    from ..library import artwork

    try:
        story = artwork.describe(picture).story
    except PictureUnreadable:
        return ""
    return story.run if not story.step else ""


def _with_file_beside(picture: Path) -> list[Path]:
    from ..library import artwork

    beside = artwork.file_beside(picture)
    return [picture, *([beside] if beside else [])]

"""Desk: what a person does with pictures that exist: look at one, take over its recipe, save it or one of its steps elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal

from ..diffusion.recipe import Recipe
from ..diffusion.run import Ending, Plan, Run
from ..diffusion.samplers import sampler, unfit
from ..errors import RecipeMissing
from ..generate import artwork_of
from .generation import Generation
from .held_runs import HeldRuns
from .notices import Action, NoticeKind, Notices
from .pictures import Pictures, Recent
from .run_archive import RunArchive
from .timeline import Timeline

if TYPE_CHECKING:
    from ..generate import RunMaker
    from ..library.artwork import Artwork, Opened
    from ..library.models import ModelLibrary


class Desk(QObject):
    recipe_opened = Signal(object)  # Recipe, to be taken over into the prompt panel
    folder_wanted = Signal(Path)  # show this file among its neighbours

    def __init__(
        self,
        maker: RunMaker,
        timeline: Timeline,
        generation: Generation,
        held: HeldRuns,
        pictures: Pictures,
        recordings: RunArchive,
        models: ModelLibrary,
        notices: Notices,
        save: Callable[[Artwork], Path],
    ) -> None:
        super().__init__()
        self._maker = maker
        self._timeline = timeline
        self._generation = generation
        self._held = held
        self._pictures = pictures
        self.recordings = recordings  # to be pinned, measured, deleted
        self._models = models
        self._notices = notices
        self._save = save

    async def look_at(self, recent: Recent) -> None:
        """Show a recent picture, with its timeline while that is held or recorded."""
        run = recent.run or self._held.of(recent.path) or await self.recordings.of(recent.path)
        if run:
            self._held.hold(run)
        else:
            run = _run_of(await self._open(recent.path), recent.path)
        self._timeline.show(run, follow=run.ending is Ending.RUNNING)

    async def open(self, files: list[Path]) -> None:
        """Take over the recipe of the first of `files`: there is one prompt."""
        if len(files) > 1:
            self._notices.tell(
                NoticeKind.WARNING, QT_TRANSLATE_NOOP("Safelight", "One picture is opened at a time; this is {file}."), file=files[0].name
            )
        await self.take_recipe(files[0])

    async def take_recipe(self, path: Path) -> None:
        """Open a picture and restore its recipe; say what could not be restored."""
        opened = await self._open(path)
        self._timeline.show(_run_of(opened, path), follow=False)
        if opened.recipe is None:
            raise RecipeMissing(file=path.name)
        self.recipe_opened.emit(opened.recipe)
        if lost := [*opened.lost, *self._unfit(opened.recipe), *_turned(opened.recipe)]:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP("Safelight", "The recipe of {file} is restored, except for: {lost}."),
                file=path.name,
                lost=", ".join(lost),
            )
        else:
            self._notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The recipe of {file} is restored."), file=path.name)

    async def save_step(self, run: Run, number: int, path: Path | None = None) -> None:
        """Save step `number` of `run`, fully decoded: among the pictures, or at `path`."""
        if self._generation.running and not (run.picture and run.plan and number == run.plan.calls):
            self._notices.tell(
                NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "Step {step} is saved as soon as the picture at work is done."), step=number
            )
        artwork = await self.artwork(run, number)
        saved = await asyncio.to_thread(self._save_at, artwork, path)
        show = Action(QT_TRANSLATE_NOOP("Safelight", "Show in folder"), lambda: self.folder_wanted.emit(saved))
        self._notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "Saved as {file}."), show, file=saved.name)
        if run.path is None and artwork.step is None:  # the picture that could not be saved before has a place now
            run.saved_as(saved)
            self._pictures.add(run)
            if run.picture and run.ending is not Ending.RUNNING:
                run.end(Ending.FINISHED)
                self._timeline.refresh()
                await self._maker.record_ending(run)  # its recording is found by the picture

    async def free_memory(self) -> None:
        """Let go of the model; the next run loads it again. A run at work is not disturbed."""
        if self._generation.running:
            self._notices.tell(
                NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The memory is free as soon as the run at work ends or pauses.")
            )
        await self._maker.free()
        self._notices.tell(
            NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The memory of the model is free; the next picture loads it again.")
        )

    async def artwork(self, run: Run, number: int) -> Artwork:
        """Step `number` of `run` as a real picture; of one that was opened from disk, that with its own story."""
        if not run.steps and run.path:
            from ..library.artwork import reopened

            return await asyncio.to_thread(reopened, run.path)
        return artwork_of(run, number, await self._maker.decode(run, number))

    def _unfit(self, recipe: Recipe) -> list[str]:
        """The sampler, where the model that is here cannot use it."""
        model = self._models.by_name(recipe.model)
        if model is None or unfit(sampler(recipe.sampler), model.traits) is None:
            return []
        return [f"sampler: {recipe.sampler}"]

    def _save_at(self, artwork: Artwork, path: Path | None) -> Path:
        from ..library.artwork import save

        return self._save(artwork) if path is None else save(artwork, path)

    async def _open(self, path: Path) -> Opened:
        from ..library.artwork import open_artwork

        return await asyncio.to_thread(open_artwork, path, [model.name for model in self._models.models])


def _turned(recipe: Recipe) -> list[str]:
    """The steps after which the run went on otherwise; the prompt panel holds what it began with."""
    return [f"turns: {', '.join(str(turn.after) for turn in recipe.turns)}"] if recipe.turns else []


def _run_of(opened: Opened, path: Path) -> Run:
    """A picture from disk as a run whose steps are gone."""
    return Run(opened.recipe or Recipe(), plan=Plan((), opened.environment), picture=opened.pixels, path=path, ending=Ending.FINISHED)

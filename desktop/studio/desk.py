"""Desk: what the user does with existing pictures: view one, restore its recipe, save it or one of its steps elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..diffusion.fields import FIELDS, Captions, Editor
from ..diffusion.recipe import Recipe
from ..diffusion.run import Ending, Plan, Run
from ..diffusion.samplers import sampler, unfit
from ..errors import QT_TRANSLATE_NOOP, ModelUnknown, RecipeMissing, RecipeNewer, SafelightError, TextWithoutRecipe
from ..generate import artwork_of
from .generation import MOST_QUOTED, Generation
from .held_runs import HeldRuns
from .loras import Loras
from .notices import Action, NoticeKind, Notices, quoted
from .pictures import Pictures, Recent, SaveChoices
from .run_archive import RunArchive
from .timeline import Timeline
from .trash import Deleted, Trash

if TYPE_CHECKING:
    from ..generate import RunMaker
    from ..library.artwork import Artwork, Opened
    from ..library.examples import Example
    from ..library.models import Model, ModelLibrary

MOST_LEFT = 20  # runs whose deletion is undone on the canvas too


class Desk(QObject):
    recipe_opened = Signal(object)  # Recipe, for the prompt panel
    folder_wanted = Signal(Path)  # a file to show in its folder

    def __init__(
        self,
        maker: RunMaker,
        timeline: Timeline,
        generation: Generation,
        held: HeldRuns,
        pictures: Pictures,
        archive: RunArchive,
        trash: Trash,
        models: ModelLibrary,
        notices: Notices,
        chosen_model: Callable[[], Model | None],
        loras: Loras | None = None,
    ) -> None:
        """`chosen_model`: the one that Generate uses now. Without `loras`, those of a recipe are not looked for."""
        super().__init__()
        self._maker = maker
        self._timeline = timeline
        self._generation = generation
        self._held = held
        self._pictures = pictures
        self.archive = archive  # for the views that pin, measure and delete recordings
        self.trash = trash
        self._left: list[tuple[Run, int]] = []  # what was on the canvas when it was deleted, and its step; the newest last
        self._models = models
        self._notices = notices
        self._chosen_model = chosen_model
        self._loras = loras
        trash.leaving.connect(self._leave)
        trash.stayed.connect(self._return)
        trash.returned.connect(self._return)

    async def show_recent(self, recent: Recent) -> None:
        """Show a recent picture, with the steps of its run if they are held or recorded."""
        run = await self._run_of_recent(recent)
        if run is not None:
            self.show_run(run)
        elif recent.path is not None:
            await self._show(await self._open(recent.path))

    def show_run(self, run: Run) -> None:
        """Show a run in memory."""
        self._held.hold(run)
        self._timeline.show(run, follow=run.ending is Ending.RUNNING)

    async def compare_recent(self, recent: Recent, place: int) -> None:
        """Show a recent picture as the first (`place` 0) or the second (1) of two, with the steps of its run if there are any."""
        run = await self._run_of_recent(recent)
        if run is None and recent.path is not None:
            opened = await self._open(recent.path)
            run = await self._run_of(opened) or _picture_alone(opened)
        if run is None:
            return
        if run.steps:
            self._held.hold(run)
        self._timeline.put(run, place)

    async def _run_of_recent(self, recent: Recent) -> Run | None:
        """Its run, if that is held or recorded."""
        if recent.run is not None or recent.path is None:
            return recent.run
        return self._held.of(recent.path) or await self.archive.of(recent.path)

    async def examples(self) -> Mapping[str, Sequence[Example]]:
        """The examples that ship with the program, by language; none if they cannot be read."""
        from ..library.examples import read_examples

        return await asyncio.to_thread(read_examples)

    async def show_picture(self, path: Path) -> None:
        """Show a picture, with the steps of its run if they are held or recorded."""
        await self._show(await self._open(path))

    async def compare(self, first: Path, second: Path) -> None:
        """Show two pictures to compare: with all their steps if both have them, else alone."""
        opened = [await self._open(path) for path in (first, second)]
        runs = [await self._run_of(each) if each.step is None else None for each in opened]
        whole = [run for run in runs if run]
        if len(whole) < 2 or whole[0] is whole[1]:
            whole = list(map(_picture_alone, opened))
        self._timeline.show(whole[0], follow=False)
        self._timeline.compare_with(whole[1])

    async def reuse_run(self, id: str) -> None:
        """Show a recorded run and restore its recipe."""
        run = await self.archive.open(id)
        self._timeline.show(run, follow=False)
        await self.reuse(run)

    async def reuse(self, run: Run) -> None:
        """Restore the recipe of `run`; say what could not be restored."""
        prompt = " ".join(run.recipe.final.prompt.text.split())
        await self._restore(run.recipe, (), run.path.name if run.path else f"“{quoted(prompt, MOST_QUOTED)}”")

    async def generate_again(self, run: Run) -> None:
        """Generate the picture of `run` again from its recipe. Raises `ModelUnknown`."""
        model = await asyncio.to_thread(self._models.of, run.recipe.model)
        self._generation.generate(run.recipe.with_model_named(model.name))

    async def open(self, files: list[Path]) -> None:
        """Restore the recipe of the first of `files`; there is only one prompt panel."""
        if len(files) > 1:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP("Safelight", "Only one picture can be opened at a time. {file} was opened."),
                file=files[0].name,
            )
        await self.take_recipe(files[0])

    async def take_recipe(self, path: Path) -> None:
        """Show a picture and restore its recipe; say what could not be restored."""
        opened = await self._open(path)
        await self._show(opened)
        if opened.recipe is None:
            raise (RecipeNewer if opened.is_newer else RecipeMissing)(file=path.name)
        if opened.program:
            await self._take_foreign(opened.program, opened.recipe, opened.lost, opened.model_hash)
            return
        await self._restore(opened.recipe, opened.lost, path.name)

    async def _restore(self, wanted: Recipe, unread: Sequence[str], name: str) -> None:
        """Restore a recipe of ours, of the picture or run called `name`; say what could not be restored."""
        recipe, model = await self._with_model(wanted)
        recipe, unrefined = await self._with_refiner(recipe)
        recipe, missing = await self._with_loras(recipe)
        self.recipe_opened.emit(recipe)
        lost = [*unread, *unrefined, *missing, *_unfit(recipe, model)]
        if model is None and "model" not in lost:
            lost.append(f"model: {wanted.model.name}")
        if model and not await self._is_of(recipe.model.fingerprint, model):
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP(
                    "Safelight", "The model {model} here has other weights than the one that made {file}: Generate makes another picture."
                ),
                model=model.name,
                file=name,
            )
        if lost:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP("Safelight", "The recipe of {file} is restored, except for: {lost}."),
                file=name,
                lost=Captions.of(lost),
            )
        else:
            self._notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The recipe of {file} is restored."), file=name)

    async def take_text(self, text: str) -> None:
        """Restore the recipe in a text of another program, such as A1111's; say what could not be restored. Raises `TextWithoutRecipe`."""
        from ..library import foreign

        found = await asyncio.to_thread(foreign.read_text, text)
        if found is None:
            raise TextWithoutRecipe()
        await self._take_foreign(found.program, found.recipe, found.lost, found.model_hash)

    async def _take_foreign(self, program: str, recipe: Recipe, unread: tuple[str, ...], model_hash: str) -> None:
        """Restore a recipe that `program` wrote ("": Safelight, as text); say what was restored and what was not.

        Without its model the chosen one stays. Missing values are those that suit the model best.
        """
        missing = {entry.partition(": ")[0] for entry in unread}
        model = None if "model" in missing else await self._model_like(recipe.model.name, model_hash)
        model = None if model and model.family.refines else model
        if model is None and "model" not in missing:
            unread = (*unread, f"model: {recipe.model.name}")
        if model := model or self._chosen_model():
            recommended = {key: value for key, value in model.recommended.items() if key in missing}
            recipe = recipe.with_values(**recommended, model=model.name, refiner=recipe.refiner.name)
        recipe, unrefined = await self._with_refiner(recipe)
        recipe, absent = await self._with_loras(recipe)
        self.recipe_opened.emit(recipe)
        lost = [*unread, *unrefined, *absent, *_unfit(recipe, model)]
        missing = {entry.partition(": ")[0] for entry in lost}
        if lost:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP("Safelight", "Restored from a recipe of {program}: {restored}. Not restored: {lost}."),
                program=program or "Safelight",
                restored=Captions.of(
                    entry.key
                    for entry in FIELDS
                    if entry.part
                    and entry.key not in missing
                    and recipe.value(entry.key) != ()
                    and (entry.editor is not Editor.REFINER or recipe.refiner.name)
                    and recipe.has_effect(entry)
                ),
                lost=Captions.of(lost),
            )
        elif not program:
            self._notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The recipe is restored."))
        else:
            self._notices.tell(
                NoticeKind.DONE,
                QT_TRANSLATE_NOOP(
                    "Safelight",
                    "The recipe of {program} is restored. Programs compute differently, so Generate makes a similar picture, not the same.",
                ),
                program=program,
            )

    async def _with_refiner(self, recipe: Recipe) -> tuple[Recipe, list[str]]:
        """`recipe` with its refiner as it is called here, or without it, to be listed, if it is not here."""
        name = recipe.refiner.name
        if not name:
            return recipe, []
        try:
            refiner: Model | None = await asyncio.to_thread(self._models.of, recipe.refiner)
        except ModelUnknown:
            refiner = await self._model_like(name, "")
        if refiner is None or refiner.problem or not refiner.family.refines:
            return recipe.with_values(refiner=""), [f"refiner: {name}"]
        return recipe.with_refiner_named(refiner.name), []

    async def _with_loras(self, recipe: Recipe) -> tuple[Recipe, list[str]]:
        """`recipe` with its LoRAs and embeddings as they are here, and those that are not here, to be listed; they stay in the recipe."""
        recipe, lost = await self._with_embeddings(recipe)
        if not recipe.adapters:
            return recipe, lost
        adapters, missing, others = await self._loras.found(recipe.adapters) if self._loras else ((), recipe.adapters, [])
        if others:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP("Safelight", "These LoRAs are other files here, under the same name: {names}. The picture will differ."),
                names=", ".join(others),
            )
        return recipe.with_values(adapters=tuple(adapters)), [*lost, *(f"adapters: {each.name} {each.weight:g}" for each in missing)]

    async def _with_embeddings(self, recipe: Recipe) -> tuple[Recipe, list[str]]:
        if not recipe.embeddings:
            return recipe, []
        found, missing, others = await self._loras.found(recipe.embeddings, True) if self._loras else ((), recipe.embeddings, [])
        if others:
            self._notices.tell(
                NoticeKind.WARNING,
                QT_TRANSLATE_NOOP(
                    "Safelight", "These embeddings are other files here, under the same name: {names}. The picture will differ."
                ),
                names=", ".join(others),
            )
        return recipe.with_values(embeddings=tuple(found)), [f"embeddings: {each.name}" for each in missing]

    async def loras_among(self, files: Sequence[Path]) -> list[Path]:
        """Those of `files` that are LoRAs, by their headers."""
        from ..library.adapters import is_adapter

        return await asyncio.to_thread(lambda: [file for file in files if is_adapter(file)])

    async def where_to_save(self, run: Run, number: int) -> Path:
        """A path for step `number` of `run` that is free: in the folder and format that the user chose last."""
        from ..library import artwork
        from ..library.naming import TEMPLATE, of_step, picture_name

        pictures = self._pictures
        if run.path:
            stem = run.path.stem
        else:
            stem = picture_name(pictures.template or TEMPLATE, run.recipe.final, datetime.now().astimezone(), 1)
        step = (number, run.expected_steps) if run.plan and not run.plan.is_end(number) else None
        folder, suffix = pictures.save_folder or pictures.folder, pictures.save_choices.suffix
        if suffix not in artwork.writable():
            suffix = ".png"
        return await asyncio.to_thread(artwork.free_path, folder, of_step(stem, step), suffix)

    async def check_place(self, path: Path) -> None:
        """Raise `FormatUnknown`, `FileExists` or `FolderUnwritable` if no picture can be saved there."""
        from ..library import artwork

        await asyncio.to_thread(artwork.check_free, path)

    async def save_step(self, run: Run, number: int, path: Path | None = None, choices: SaveChoices | None = None) -> None:
        """Save step `number` of `run`, fully decoded: among the pictures as PNG, or at `path`."""
        if self._generation.running and not (run.picture and run.plan and run.plan.is_end(number)):
            self._notices.tell(
                NoticeKind.DONE,
                QT_TRANSLATE_NOOP("Safelight", "Step {step} will be saved when the running picture is finished."),
                step=number,
            )
        artwork = await self.artwork(run, number)
        saved = await asyncio.to_thread(self._save_at, artwork, path, choices or SaveChoices())
        show = Action(QT_TRANSLATE_NOOP("Safelight", "Show in folder"), lambda: self.folder_wanted.emit(saved))
        self._notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "Saved as {file}."), show, file=saved.name)
        if artwork.step is not None and saved.is_relative_to(self._pictures.folder):
            self._pictures.add_step(saved)
        if run.path is None and artwork.step is None:  # saving it failed before
            run.saved_as(saved)
            self._pictures.add(run)
            if run.picture and run.ending is not Ending.RUNNING:
                run.end(Ending.FINISHED)
                self._timeline.refresh()
                await self._maker.record_ending(run)  # stores the path, so that opening the picture finds its recording

    async def free_memory(self) -> None:
        """Unload the model when no run is active; the next run loads it again."""
        if self._generation.running:
            self._notices.tell(
                NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The memory will be freed when the current run ends or pauses.")
            )
        await self._maker.free()
        self._notices.tell(NoticeKind.DONE, QT_TRANSLATE_NOOP("Safelight", "The model is unloaded; the next picture loads it again."))

    async def artwork(self, run: Run, number: int) -> Artwork:
        """Step `number` of `run`, fully decoded. For a picture from disk without steps: that picture with its own recipe."""
        if not run.steps and run.path:
            from ..library.artwork import reopened

            return await asyncio.to_thread(reopened, run.path)
        return artwork_of(run, number, await self._maker.decode(run, number))

    def _leave(self, deleted: Deleted) -> None:
        """Take what is deleted off the canvas, and show what comes next: another branch, else the next picture."""
        timeline, run = self._timeline, self._timeline.run
        if timeline.compare is not None and deleted.has(timeline.compare):
            timeline.compare_with(None)
        if run is not None and deleted.has(run):
            self._left = [*self._left, (run, timeline.index)][-MOST_LEFT:]
            others = [lane.run for lane in timeline.lanes if lane.run is not run and not deleted.has(lane.run)]
            following = self._pictures.beside(run.path, deleted.pictures) if run.path else next(iter(self._pictures.recent), None)
            if others:
                timeline.switch(next((other for other in others if other.id == run.parent), others[0]))
            else:
                timeline.show(None)
                if following is not None:
                    self._notices.spawn(self.show_recent(following))
        self._pictures.take_out(deleted.pictures)

    def _return(self, deleted: Deleted) -> None:
        """Show again what was on the canvas when it was deleted."""
        self._pictures.put_back(deleted.pictures)
        for left in [left for left in self._left if deleted.has(left[0])]:
            self._left.remove(left)
            self._timeline.show(left[0], follow=False)
            self._timeline.go_to(left[1])

    async def _show(self, opened: Opened) -> None:
        """Show the picture with the steps of its run if they are in memory or recorded, otherwise alone."""
        run = await self._run_of(opened)
        if run is None:
            self._timeline.show(_picture_alone(opened), follow=False)
            return
        if opened.step is None and (run.path is None or not await asyncio.to_thread(run.path.exists)):
            run.saved_as(opened.path)  # it was moved or renamed
        self.show_run(run)
        if opened.step:
            self._timeline.go_to(opened.step[0])

    async def _run_of(self, opened: Opened) -> Run | None:
        """The run whose id the picture stores, wherever the file is. None if its steps are deleted or the picture was changed."""
        if not opened.run or opened.intact is False:
            return None
        run = self._held.get(opened.run) or await self.archive.by_id(opened.run)
        if run is None:
            return None
        is_whole = opened.step is None and opened.intact
        return None if is_whole and run.picture and run.picture != opened.pixels else run

    async def _with_model(self, recipe: Recipe) -> tuple[Recipe, Model | None]:
        """`recipe` with the name that its model has here, and that model; if there is none, with the default model and None."""
        try:
            model = await asyncio.to_thread(self._models.of, recipe.model)
        except ModelUnknown:
            return recipe.with_values(model=Recipe().model.name), None
        return recipe.with_model_named(model.name), None if model.problem or model.family.refines else model

    async def _model_like(self, name: str, digest: str) -> Model | None:
        """The usable model that another program calls `name`."""
        try:
            model = await asyncio.to_thread(self._models.like, name, digest)
        except ModelUnknown:
            return None
        return None if model.problem else model

    async def _is_of(self, fingerprint: str, model: Model) -> bool:
        """Whether `model` has that fingerprint, if it is known. Reads new weights in full."""
        try:
            return not fingerprint or await asyncio.to_thread(self._models.is_of, fingerprint, model)
        except SafelightError:
            return True  # generating with the model reports why it cannot be read

    def _save_at(self, artwork: Artwork, path: Path | None, choices: SaveChoices) -> Path:
        from ..library.artwork import save

        if path is None:
            return self._pictures.save(artwork)
        return save(artwork if choices.with_recipe else replace(artwork, recipe=None), path, choices.quality)

    async def _open(self, path: Path) -> Opened:
        from ..library.artwork import open_artwork

        return await asyncio.to_thread(open_artwork, path)


def _unfit(recipe: Recipe, model: Model | None) -> Iterator[str]:
    """The values of `recipe` that `model` cannot use, as "field: value"; the prompt panel shows others instead."""
    if model is None:
        return
    if unfit(sampler(recipe.sampling.sampler), model.traits.with_adapters(recipe.adapters)):
        yield f"sampler: {recipe.sampling.sampler}"
    for key, side in (("width", recipe.size.width), ("height", recipe.size.height)):
        if side % model.multiple or side > model.most_side:
            yield f"{key}: {side}"


def _picture_alone(opened: Opened) -> Run:
    """A picture from disk as a run without steps."""
    return Run(
        opened.recipe or Recipe(),
        plan=Plan((), opened.environment),
        picture=opened.pixels,
        path=opened.path,
        ending=Ending.FINISHED,
        picture_key=opened.key,
    )

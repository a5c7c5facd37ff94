"""The composition root: builds and connects all parts of the window program, runs the event loop and shuts down."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import faulthandler
import gc
import logging
import logging.handlers
import os
import socket
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import QT_TRANSLATE_NOOP, RefinerAlone
from .library.paths import Folders
from .library.safe_file import why
from .resources import APPLICATION_ID, RESOURCES, STARTER
from .studio.leaving import Leaving

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from .diffusion.recipe import Recipe
    from .diffusion.run import Pixels, Run
    from .library.adapters import Listed
    from .library.lessons_file import Kept
    from .library.models import Model
    from .library.settings import Settings
    from .library.tokens import TokenMeter
    from .studio.autosave import Autosave
    from .studio.exporting import Exporting
    from .studio.gallery import Gallery
    from .studio.grids import Sheet
    from .studio.instance import Instance
    from .studio.pictures import SaveChoices
    from .studio.run_history import RunHistory
    from .studio.trainings import Training, Trainings
    from .ui.gallery.gallery_place import GalleryPlace
    from .ui.learn.learn_place import LearnPlace
    from .ui.models.models_place import ModelsPlace

log = logging.getLogger(__name__)

TURN = 0.0005  # s, switch interval of the interpreter: how long the worker may delay each Python call of a paint
LEAVING = 2.0  # s that the worker gets to finish before the process is ended


def main(arguments: argparse.Namespace) -> int:
    """Open the window, or pass the files to the window that is already open."""
    gc.disable()  # `Garbage` collects instead, after the first paint: objects created until then stay alive anyway
    if problem := _display_problem():
        print(f"safelight: {problem}", file=sys.stderr)
        return 1
    folders = Folders.inside(arguments.data) if arguments.data else Folders.default()
    from .studio.instance import Instance  # no widgets: a start that only forwards exits quickly

    try:
        instance = Instance(folders.data)
    except OSError as error:
        print(f"safelight: cannot write to {folders.data}: {why(error)}. Choose another folder with --data DIR.", file=sys.stderr)
        return 1
    if not instance.first and instance.forward(arguments.files, arguments.model or ""):
        return 0
    _write_log(folders.logs)
    return _run_window(arguments, folders, instance)


def _run_window(arguments: argparse.Namespace, folders: Folders, instance: Instance) -> int:
    import qasync
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    _use_input_method()
    QApplication.setApplicationName("safelight")
    QApplication.setDesktopFileName(APPLICATION_ID)
    application = QApplication([*sys.argv[:1], "-style", "fusion"])  # QApplication.setStyle takes longer: it returns a QStyle
    application.setWindowIcon(QIcon(str(RESOURCES / "icons" / "safelight.svg")))
    application.setQuitOnLastWindowClosed(False)  # closing runs in `_close`
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    session = Session(application, folders, instance)
    with loop:
        loop.run_until_complete(session.run(arguments.files, arguments.model))
    session.leave()
    return 0


class Session:
    """Everything that lives as long as the window."""

    def __init__(self, application: QApplication, folders: Folders, instance: Instance) -> None:
        from .generate import RunMaker
        from .library.adapters import AdapterLibrary
        from .library.drafts import DraftsFile
        from .library.known_models import KnownModels
        from .library.models import ModelLibrary, by_name
        from .library.recordings import Recordings
        from .library.settings import SettingsFile
        from .library.stars import StarsFile
        from .library.styles import StylesFile
        from .library.trash import TrashFolder
        from .machine import LocalMachine
        from .studio.at_work import AtWork
        from .studio.autosave import Autosave
        from .studio.desk import Desk
        from .studio.generation import Generation
        from .studio.grids import Grids
        from .studio.held_runs import HeldRuns
        from .studio.loras import Loras
        from .studio.menu_entry import MenuEntry
        from .studio.model_shelf import Choices, ModelShelf
        from .studio.notices import Notices
        from .studio.pictures import Pictures
        from .studio.probe import Probe
        from .studio.prompt_history import PromptHistory
        from .studio.queue import Queue
        from .studio.run_archive import RunArchive
        from .studio.sharpening import Sharpening
        from .studio.stars import Stars
        from .studio.step_reading import StepReading
        from .studio.styles import Styles
        from .studio.timeline import Timeline
        from .studio.trash import Trash
        from .studio.undo import Undo
        from .ui.create.create_place import CreatePlace
        from .ui.frame.place import Place
        from .ui.garbage import Garbage
        from .ui.language import Language
        from .ui.main_window import MainWindow
        from .ui.theme import Theme
        from .worker import Worker

        self._application = application
        self._folders = folders
        self._instance = instance
        self._notices = Notices()
        settings_file, drafts_file = SettingsFile(folders.data / "settings.json"), DraftsFile(folders.data / "drafts.json")
        self.settings, settings_problem = settings_file.load()
        drafts, drafts_problem = drafts_file.load()
        for problem in filter(None, (settings_problem, drafts_problem)):
            self._notices.report(problem)
        self._settings_autosave = Autosave(settings_file, lambda: self.settings, self._notices)
        self._drafts_autosave = Autosave(drafts_file, lambda: self.window.create_place.prompt_panel.drafts(), self._notices)

        self._language, self._theme = Language(), Theme()
        self._language.install(application, self.settings.language)
        self._theme.reduce_motion = self.settings.reduce_motion
        self._theme.choose(self.settings.theme)
        self._theme.apply(application)

        self._worker = Worker()
        self._models = ModelLibrary(STARTER, [Path(folder) for folder in self.settings.model_folders], folders.cache / "fingerprints.json")
        self._adapters = AdapterLibrary(
            [Path(file) for file in self.settings.lora_files],
            [Path(folder) for folder in self.settings.watched_model_folders],
            folders.cache / "loras.json",
        )
        self._recordings = recordings = Recordings(folders.data / "recordings", self.settings.recordings_megabytes * 2**20)
        self._garbage = Garbage()
        self._machine = LocalMachine(self._worker, self._models, self._garbage.collect, self._adapters)
        self._maker = RunMaker(self._machine, recordings.folder, self._notices.report)
        self._held = HeldRuns(self.settings.held_megabytes * 2**20)
        self._timeline = Timeline(self._held, StepReading(self._notices))
        self._undo = undo = Undo(self._notices)
        chosen = Choices(
            folders=tuple(map(Path, self.settings.watched_model_folders)),
            hidden=frozenset(map(Path, self.settings.hidden_models)),
            default=self.settings.default_model,
        )
        self._shelf = ModelShelf(
            self._models, KnownModels(folders.cache / "models.json"), chosen, folders.data, self._machine.hardware, self._notices, undo
        )
        self._loras = Loras(self._adapters, self._shelf.watch, self._notices, undo)
        self._pictures = Pictures(self._notices, undo, self._pictures_folder, self.settings.name_template, self._save_choices)
        self._queue = Queue(self._notices)
        self._generation = Generation(
            self._maker, self._queue, self._timeline, self._held, self._notices, undo, self._pictures.save, self.settings.previews
        )
        self._trash = Trash(TrashFolder(folders.data / "trash"), recordings, self._generation, self._held, self._notices, undo)
        self._prompt_history = PromptHistory(drafts.history)
        self._stars, self._stars_file = Stars(), StarsFile(folders.data / "stars.json")
        self._stars_autosave: Autosave[frozenset[str]] | None = None  # before the file is read, it must not be written
        self._archive = RunArchive(recordings, self._models, self._generation, self._timeline, self._held, self._notices)
        self._sharpening = Sharpening(self._maker, self._timeline, self._generation, self._notices)
        self._desk = Desk(
            self._maker,
            self._timeline,
            self._generation,
            self._held,
            self._pictures,
            self._archive,
            self._trash,
            self._models,
            self._notices,
            lambda: self.window.create_place.prompt_panel.model,
            self._loras,
        )
        styles_file = StylesFile(folders.data / "styles.json")
        styles, styles_problem = styles_file.load()
        if styles_problem:
            self._notices.report(styles_problem)
        self._styles = Styles(undo, styles)
        self._styles_autosave = Autosave(styles_file, lambda: self._styles.all, self._notices)
        self._menu_entry = MenuEntry(self._notices)
        probe = Probe(self._maker.values, self._timeline, self._generation, self._notices)
        self._at_work = at_work = AtWork(self._generation)
        self._grids = Grids(self._generation, recordings, self._notices, _drawn)
        create = CreatePlace(
            self._theme,
            self._timeline,
            self._generation,
            at_work.forecast,
            self._grids,
            self._styles,
            self._pictures,
            self._desk,
            self._make_exporting,
            probe,
            self._notices,
            undo,
            self._prompt_history,
            self._stars,
            self._make_run_history,
            self._loras,
        )
        create.show_captions(self.settings.captions)
        self._gallery: Gallery | None = None
        self._learn: LearnPlace | None = None
        self._trainings: Trainings | None = None  # made with the place Learn
        self._lessons_autosave: Autosave[Kept] | None = None  # before the file is read, it must not be written
        places = (
            Place("create", QT_TRANSLATE_NOOP("Safelight", "Create"), "wand-sparkles", lambda: create, "Ctrl+Shift+1", create.notice_room),
            Place("gallery", QT_TRANSLATE_NOOP("Safelight", "Gallery"), "images", self._make_gallery, "Ctrl+Shift+2"),
            Place("models", QT_TRANSLATE_NOOP("Safelight", "Models"), "boxes", self._make_models, "Ctrl+Shift+3"),
            Place("learn", QT_TRANSLATE_NOOP("Safelight", "Learn"), "graduation-cap", self._make_learn, "Ctrl+Shift+4"),
        )
        self.window = MainWindow(
            create,
            places,
            self._theme,
            self._timeline,
            self._generation,
            at_work,
            self._pictures,
            self._desk,
            self._menu_entry,
            self._notices,
            undo,
            lambda: self.settings,
            folders,
        )
        self._theme.style()
        self.window.restore_geometry()
        panel, name, default = create.prompt_panel, drafts.recipe.model.name, self._shelf.default
        is_listed = by_name(self._models.models, name) is not None and (default is not None or not self.settings.default_model)
        if is_listed or self._shelf.is_restored:
            create.set_models(self._models.models, name)
        else:
            panel.await_models(self._models.models, name)
        panel.restore(drafts)
        self._choose_default()
        self._generation.restore(drafts.up_next, are_read=False)
        self._grids.restore(drafts.grids)
        self._wire()

    def _wire(self) -> None:
        self._generation.saved.connect(self._pictures.add)
        self._generation.unsaved.connect(self._pictures.add)
        self._pictures.save_choices_changed.connect(self._keep_save_choices)
        self._generation.queue_changed.connect(self._drafts_autosave.soon)
        self._grids.changed.connect(self._drafts_autosave.soon)
        for signal in (self._pictures.files.moved, self._trash.moved):
            signal.connect(self._grids.follow)
        create, panel = self.window.create_place, self.window.create_place.prompt_panel
        panel.edited.connect(self._drafts_autosave.soon)
        self._styles.changed.connect(self._styles_autosave.soon)
        self._shelf.changed.connect(self._show_models)
        self._shelf.looked.connect(self._loras.look_into)
        self._loras.files_changed.connect(self._keep_lora_files)
        panel.model_changed.connect(lambda model: self._notices.spawn(self._read_prompts_with(model)))
        create.shown_picture.model_chosen.connect(lambda path: self._notices.spawn(self._add_models(path)))
        create.captions_toggled.connect(lambda shown: self._use(replace(self.settings, captions=shown)))
        create.previews_changed.connect(lambda previews: self._use(replace(self.settings, previews=previews)))
        create.tour_answered.connect(lambda _: self._use(replace(self.settings, tour_answered=True)))
        self.window.settings_changed.connect(self._use)
        self.window.training_requested.connect(self._show_training)
        self.window.close_confirmed.connect(lambda leaving: self._notices.spawn(self._close(leaving)))
        self._instance.called.connect(self._called)

    def _open_gallery(self) -> Gallery:
        """What is behind the gallery and the history of all runs, made when one of them is first shown."""
        if self._gallery is None:
            from .studio.gallery import Gallery

            self._gallery = gallery = Gallery(
                self._folders.cache, self._gallery_folders, self._recordings, self._pictures.files, self._trash, self._stars, self._notices
            )
            self._generation.saved.connect(lambda run: gallery.look([run.path.parent]))
            self._generation.ended.connect(lambda run: self._notices.spawn(gallery.look_at_runs()))
        return self._gallery

    def _make_gallery(self) -> GalleryPlace:
        from .ui.gallery.gallery_place import GalleryPlace

        place = GalleryPlace(self._theme, self._open_gallery(), self._desk, self._notices, self._undo)
        place.create_wanted.connect(self.window.show_create)
        place.folders_changed.connect(lambda folders: self._use(replace(self.settings, gallery_folders=tuple(map(str, folders)))))
        return place

    def _make_exporting(self) -> Exporting:
        from .studio.exporting import Exporting

        return Exporting(self._maker, self._notices, lambda: self._pictures.folder)

    def _make_models(self) -> ModelsPlace:
        from .ui.models.models_place import ModelsPlace

        place = ModelsPlace(self._theme, self._shelf, self._loras, self._notices, Path.home())
        place.used.connect(self._choose_model)
        place.lora_used.connect(self._use_lora)
        return place

    def _make_learn(self) -> LearnPlace:
        from .library.lessons_file import LessonsFile
        from .studio.autosave import Autosave
        from .studio.lessons import Lessons
        from .ui.learn.learn_place import LearnPlace
        from .ui.learn.station import Tools

        file = LessonsFile(self._folders.data / "learn.json")
        kept, problem = file.load()
        if problem:
            self._notices.report(problem)
        lessons = Lessons(self._notices, self._undo, kept)
        self._lessons_autosave = autosave = Autosave(file, lambda: lessons.kept, self._notices)
        lessons.changed.connect(autosave.soon)
        create = self.window.create_place
        tools = Tools(
            self._theme,
            lessons,
            self._machine,
            self._models,
            lambda: create.prompt_panel.recipe(),
            self._queue,
            self._generation,
            self._timeline,
            self._open_trainings(),
            self._pictures,
            self._notices,
            self._undo,
            tuple(self._gallery_folders),
            self._folders.data,
        )
        self._learn = place = LearnPlace(self._theme, tools)
        place.carried.connect(self._take_from_learn)
        return place

    def _open_trainings(self) -> Trainings:
        from .library.trainings import TrainingFolders
        from .studio.politeness import Politeness
        from .studio.trainings import Trainings

        folders = TrainingFolders(self._folders.data / "trainings")
        self._trainings = made = Trainings(self._machine, self._queue, self._notices, self._undo, folders, Politeness())
        self._at_work.watch(made)
        made.exported.connect(lambda folder: self._notices.spawn(self._shelf.add([folder])))  # the stations keep the model of Create
        return made

    def _take_from_learn(self, carried: Recipe | Run) -> None:
        """Fill in a recipe from Learn in Create, or save and show a picture made there with its steps; and go there."""
        from .diffusion.run import Run

        if isinstance(carried, Run):
            self._desk.show_run(carried)
            if carried.path is None:
                self._generation.resume(carried)
        else:
            self.window.create_place.fill_in(carried)
        self.window.show_create()

    def _show_training(self, training: Training) -> None:
        from .ui.learn.train import Train

        self.window.show_learn()
        assert self._learn is not None  # trainings are made with it
        self._learn.open(Train.KEY)
        if isinstance(station := self._learn.station, Train):
            station.show_training(training)

    def _make_run_history(self) -> RunHistory:
        from .studio.run_history import RunHistory

        return RunHistory(self._open_gallery(), self._held, self._generation, self._notices)

    async def run(self, files: list[Path], model: str | None) -> None:
        """Show the window, load the libraries in the background, and return when the window is closed."""
        sys.setswitchinterval(TURN)
        loop = asyncio.get_running_loop()
        self._closed: asyncio.Future[None] = loop.create_future()
        painted: asyncio.Future[None] = loop.create_future()
        sys.excepthook = lambda kind, error, trace: self._notices.report(error)

        def end_wait() -> None:
            if not painted.done():
                painted.set_result(None)

        self.window.painted.connect(end_wait)
        self.window.show()
        await painted
        log.info("first paint %.3f s after the start of the process", _age())
        gc.freeze()
        self._garbage.start()
        self._instance.listen()
        await self._shelf.restore()
        self._notices.spawn(self._prepare())
        self._notices.spawn(self._restore_sessions())
        self._notices.spawn(self._offer_launcher())
        if model is not None:
            self._notices.spawn(self._open_model(model))
        if files:
            self._notices.spawn(self._desk.open(files))
        await self._closed

    def leave(self) -> None:
        """End the process, also if the worker does not return in time: everything is on disk."""
        self._worker.close()
        log.info("closed")
        logging.shutdown()
        if not self._worker.join(LEAVING):
            os._exit(0)

    @property
    def _pictures_folder(self) -> Path:
        return Path(self.settings.pictures_folder) if self.settings.pictures_folder else self._folders.pictures

    @property
    def _gallery_folders(self) -> list[Path]:
        """Where pictures are saved, then the others that the user has added."""
        return [self._pictures_folder, *map(Path, self.settings.gallery_folders)]

    @property
    def _save_choices(self) -> SaveChoices:
        from .studio.pictures import SaveChoices

        return SaveChoices(self.settings.save_suffix, self.settings.save_quality, self.settings.save_recipe)

    def _keep_save_choices(self, chosen: SaveChoices) -> None:
        self._use(replace(self.settings, save_suffix=chosen.suffix, save_quality=chosen.quality, save_recipe=chosen.with_recipe))

    def _keep_lora_files(self) -> None:
        self._use(replace(self.settings, lora_files=tuple(map(str, self._loras.files))))

    def _use(self, settings: Settings) -> None:
        """Apply and save the settings."""
        old, self.settings = self.settings, settings
        if settings.language != old.language:
            self._language.install(self._application, settings.language)
        self._theme.choose(settings.theme)
        self._theme.reduce_motion = settings.reduce_motion
        self._held.budget = settings.held_megabytes * 2**20
        self._generation.previews = settings.previews
        self._pictures.folder, self._pictures.template = self._pictures_folder, settings.name_template
        if self._gallery is not None:
            self._gallery.use_folders(self._gallery_folders)
        self.window.create_place.show_captions(settings.captions)
        if settings.recordings_megabytes != old.recordings_megabytes:
            self._notices.spawn(self._archive.limit(settings.recordings_megabytes * 2**20))
        self._settings_autosave.soon()

    async def _restore_sessions(self) -> None:
        """Remove temporary files that a kill left, then find the unfinished runs and the pictures of earlier sessions."""
        from .library.safe_file import sweep

        try:
            await asyncio.to_thread(import_module, ".library.recording", __package__)  # else the window would wait for it
            for folder in (self._folders.data, self._pictures.folder):
                await asyncio.to_thread(sweep, folder)
            await self._restore_stars()
            await self._archive.offer()
        finally:
            self._generation.all_read()
        self._grids.look()
        await self._pictures.load()
        await self._trash.tidy()

    async def _restore_stars(self) -> None:
        """Read the stars of earlier sessions, and save them from now on."""
        from .studio.autosave import Autosave

        keys, problem = await asyncio.to_thread(self._stars_file.load)
        if problem:
            self._notices.report(problem)
        has_new = not self._stars.keys <= keys
        self._stars.restore(keys)
        self._stars_autosave = Autosave(self._stars_file, lambda: self._stars.keys, self._notices)
        self._stars.changed.connect(self._stars_autosave.soon)
        if has_new:
            self._stars_autosave.soon()

    async def _offer_launcher(self) -> None:
        """Refresh the launcher; offer it once. Not with `--data`: the launcher starts without it."""
        if self._folders != await asyncio.to_thread(Folders.default):
            return
        await self._menu_entry.refresh()
        if not self.settings.launcher_offered and self._menu_entry.offer():
            self._use(replace(self.settings, launcher_offered=True))

    async def _prepare(self) -> None:
        """Load what the window needs first, then torch: while its libraries are mapped, the system's loader is locked.

        A thread that starts, or imports native code, at that time waits for the loader, and so may the window.
        """
        self._loras.read()
        await asyncio.to_thread(import_module, "PIL.Image")  # reads the recent pictures; this also starts the pool's threads
        await asyncio.to_thread(import_module, ".library.few_steps", __package__)  # else the window would wait for it later
        if (chosen := self.window.create_place.prompt_panel.model) is not None:
            await asyncio.wait([self._notices.spawn(self._read_prompts_with(chosen))])
        await self._welcome()
        await self._machine.prepare()
        log.info("libraries loaded")
        if self._shelf.choices.folders:
            self._shelf.look()
        self._generation.changed.emit()

    async def _welcome(self) -> None:
        """Show the examples, with the offer of the tour, if nothing was made yet."""
        if not self._prompt_history.prompts and self._timeline.run is None:
            await self.window.create_place.show_examples(offers_tour=not self.settings.tour_answered)

    async def _read_prompts_with(self, model: Model) -> None:
        """Load the tokenizer of `model` on a thread and count tokens with it."""

        def meter() -> TokenMeter | None:
            from .library.tokens import TokenMeter

            return TokenMeter.of(model)

        loaded = await asyncio.to_thread(meter)
        if model == self.window.create_place.prompt_panel.model:  # else another was chosen meanwhile
            self.window.create_place.set_meter(loaded, model)

    async def _open_model(self, wish: str) -> None:
        """Choose the model that `--model` names."""
        self._choose(await asyncio.to_thread(self._models.wanted, wish))

    async def _add_models(self, path: Path) -> None:
        """Choose the model at `path`, or list the models in that folder and show them."""
        if (model := await self._shelf.add([path])) is not None:
            self._choose(model)
        else:
            self.window.show_models()

    def _choose(self, model: Model) -> None:
        """Choose a model that was opened just now; a refiner beside the chosen one."""
        panel = self.window.create_place.prompt_panel
        self.window.create_place.set_models(self._models.models, panel.model_name if model.family.refines else model.name)
        if model.family.refines:
            panel.choose_refiner(model.name)
        self._shelf.changed.emit()

    def _choose_model(self, model: Model) -> None:
        """Choose a listed model in Create, or a refiner beside the chosen one, and go there."""
        panel = self.window.create_place.prompt_panel
        if not model.family.refines:
            panel.choose_model(model.name)
        elif not panel.choose_refiner(model.name):
            self._notices.report(RefinerAlone(refiner=model.name, family=model.family.refines))
            return
        self.window.show_create()

    def _use_lora(self, listed: Listed) -> None:
        """Add a LoRA to those of the next pictures, and go to Create."""
        self._loras.add([listed.path])
        self.window.show_create()

    def _choose_default(self) -> None:
        """Choose the model that the user wants at every start, unless its list is awaited."""
        panel, default = self.window.create_place.prompt_panel, self._shelf.default
        if default and not default.problem and not default.family.refines and not panel.awaits_model:
            panel.choose_model(default.name)

    def _show_models(self) -> None:
        """Offer the listed models, and keep the user's choice of them."""
        create, choices = self.window.create_place, self._shelf.choices
        panel, is_awaited = create.prompt_panel, create.prompt_panel.awaits_model and self._shelf.is_restored
        if is_awaited or (list(panel.listed) != list(self._models.models) and not panel.awaits_model):
            create.set_models(self._models.models, panel.model_name)
            self._notices.spawn(self._archive.name_models())
        if is_awaited:
            self._choose_default()
        settings = replace(
            self.settings,
            model_folders=tuple(map(str, choices.opened)),
            watched_model_folders=tuple(map(str, choices.folders)),
            hidden_models=tuple(sorted(map(str, choices.hidden))),
            default_model=choices.default,
        )
        if settings != self.settings:
            self._use(settings)

    def _called(self, files: list[Path], model: str) -> None:
        """Another start passed its arguments to this window."""
        self.window.come_forward()
        if model:
            self._notices.spawn(self._open_model(model))
        if files:
            self._notices.spawn(self._desk.open(files))

    async def _close(self, leaving: Leaving) -> None:
        """Save everything, hide the window, then finish, pause or discard the current run."""
        self.window.hide()
        await self._drafts_autosave.now()
        await self._settings_autosave.now()
        if self._trainings is not None:
            await self._trainings.close()
        if leaving is Leaving.FINISH:
            await self._generation.finish()
            if self.window.isVisible() or self._pictures.unsaved:  # the user opened it again, or a picture is not saved
                self.window.come_forward()
                if self._trainings is not None:
                    self._trainings.reopen()
                return
        else:
            self._generation.stop() if leaving is Leaving.DROP else self._generation.pause()
            await self._generation.stopped(LEAVING)  # after that, the run can be resumed as after a kill
        await self._drafts_autosave.now()
        await self._styles_autosave.now()
        if self._learn is not None and self._lessons_autosave is not None:
            self._learn.keep()
            await self._lessons_autosave.now()
        if self._stars_autosave is not None:
            await self._stars_autosave.now()
        if self._gallery is not None:
            self._gallery.close()
        self._shelf.close()
        self._instance.close()
        if not self._closed.done():
            self._closed.set_result(None)


def _drawn(sheet: Sheet) -> Pixels:
    from .ui.create.contact_sheet import draw  # here: the first paint need not wait for it

    return draw(sheet)


def _use_input_method() -> None:
    """Let Qt reach fcitx over the ibus protocol, because the Qt wheel has no fcitx plugin."""
    if sys.platform == "linux" and os.environ.get("QT_IM_MODULE", "").startswith("fcitx"):
        os.environ.setdefault("QT_IM_MODULES", "fcitx5;fcitx;ibus")


def _display_problem() -> str | None:
    """Why no window can be opened, in one sentence, or None. Qt itself would abort the process."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "xcb").split(";")[0] not in ("xcb", "wayland"):
        return None
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and _listens(Path(os.environ.get("XDG_RUNTIME_DIR", "/"), wayland)):
        return None
    display = os.environ.get("DISPLAY")
    if not display and not wayland:
        return "there is no display to open a window on. Start it in a desktop session, or generate pictures with --headless."
    if not display or not _is_x_server():
        return f"the display {display or wayland} does not answer. Start it in a desktop session, or generate pictures with --headless."
    return None


def _listens(socket_file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            return probe.connect_ex(str(socket_file)) == 0
        except OSError:  # not a valid path for a socket
            return False


def _is_x_server() -> bool:
    """Whether the X server of $DISPLAY accepts a connection. Connects in the same way as Qt does later."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt reports what is missing
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _write_log(folder: Path) -> None:
    """Log to five files of 2 MB, without prompts. If the log cannot be written, work without it."""
    logging.raiseExceptions = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        crashes = open(folder / "crash.log", "a")  # open until the process ends
        handler = logging.handlers.RotatingFileHandler(folder / "safelight.log", maxBytes=2_000_000, backupCount=4, encoding="utf-8")
    except OSError:
        logging.disable()
        return
    logging.basicConfig(level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    faulthandler.enable(crashes)
    log.info("started")


def _age() -> float:
    """Seconds since this process started, by the system's clock on Linux; elsewhere CPU seconds of the process."""
    try:
        began = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began
    except (OSError, AttributeError):
        return time.process_time()

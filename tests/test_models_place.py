"""The place Models in the window: models of folders and other programs are listed, chosen, removed and found again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QPushButton, QToolButton

from desktop.diffusion.working_memory import Hardware
from desktop.errors import ModelFolderMissing, ModelIncomplete, NoModelsThere
from desktop.library.adapters import AdapterLibrary
from desktop.library.known_models import KnownModels
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER
from desktop.studio.loras import Loras
from desktop.studio.model_shelf import Choices, ModelQuery, ModelShelf, Order
from desktop.studio.notices import Notice, Notices
from desktop.studio.undo import Undo
from desktop.ui.models.models_place import ModelsPlace
from tests.collection import rest, settle
from tests.kits import UNET, model_folder, write_weights
from tests.loras import pair
from tests.single import header_only
from tests.test_adapters import SD1_TEXT, SD1_UNET, kohya

DEVICE = Hardware("cpu", "a computer", 4_000_000_000, 2_000_000_000, 4)


class Studio:
    """A shelf with one opened model, and a folder of ComfyUI that is not watched yet."""

    def __init__(self, folder: Path, choices: Choices = Choices()) -> None:  # noqa: B008
        self.folder = folder
        self.comfy = folder / "home/ComfyUI"
        self.told: list[Notice] = []
        self.notices = Notices()
        self.notices.listen(self.told.append)
        self.undo = Undo(self.notices)
        self.library = ModelLibrary(STARTER, choices.opened, folder / "cache/fingerprints.json")
        self.shelf = ModelShelf(
            self.library, KnownModels(folder / "cache/models.json"), choices, folder, self.hardware, self.notices, self.undo
        )
        adapters = AdapterLibrary([], choices.folders, folder / "cache/loras.json")
        self.loras = Loras(adapters, self.shelf.watch, self.notices, self.undo)
        self.shelf.looked.connect(self.loras.look_into)

    async def hardware(self) -> Hardware:
        return DEVICE

    @property
    def names(self) -> list[str]:
        return [model.name for model in self.shelf.models]


@pytest.fixture
def studio(loop, tmp_path):
    studio = Studio(tmp_path)
    for name in ("dreamy", "sketchy"):
        model_folder(studio.comfy / "models/checkpoints" / name)
    (studio.comfy / "models/checkpoints/old.ckpt").write_bytes(b"pickle")
    yield studio
    settle(loop, studio)
    studio.shelf.close()


@pytest.fixture
def place(qtbot, loop, studio, theme):
    place = ModelsPlace(theme, studio.shelf, studio.loras, studio.notices, studio.folder / "home")
    qtbot.addWidget(place)
    place.resize(1400, 800)
    place.show()
    place.activateWindow()
    qtbot.waitExposed(place)
    place.setFocus()
    settle(loop, studio)
    return place


def shown(place: ModelsPlace) -> list[str]:
    return [model.name for model in place.cards.shown]


def text(place: ModelsPlace, name: str) -> str:
    return place.findChild(QLabel, name).text()


def choose(place: ModelsPlace, name: str) -> None:
    place.cards.go_to(next(model for model in place.cards.shown if model.name == name))


def test_a_folder_that_is_found_is_offered_and_added_only_on_request(qtbot, loop, studio, place):
    assert studio.names == ["starter"]
    offer = place.findChild(QPushButton, "offer_ComfyUI")
    assert offer.accessibleName() == "Add ComfyUI"
    settle(loop, studio, lambda: qtbot.mouseClick(offer, Qt.MouseButton.LeftButton))
    assert studio.names == ["starter", "dreamy", "old", "sketchy"]
    assert studio.shelf.choices.folders == (studio.comfy,)
    assert studio.shelf.offers == ()
    assert shown(place) == ["dreamy", "sketchy", "starter", "old"]  # what cannot be used comes last


def test_the_chosen_model_is_told_in_full(loop, studio, place):
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    choose(place, "sketchy")
    assert text(place, "model_name") == "sketchy"
    assert text(place, "fact_steps") == "50"
    assert text(place, "fact_size") == "512 × 512"
    assert text(place, "fact_languages") == "English"
    assert text(place, "fact_precision") == "fp32"
    assert text(place, "fact_path").endswith("ComfyUI/models/checkpoints/sketchy")
    assert text(place, "model_memory").endswith("of 4.0 GB")
    assert place.findChild(QLabel, "model_problem").isHidden()
    choose(place, "old")
    assert "could run a program" in text(place, "model_problem")
    assert not place.findChild(QPushButton, "models_use_button").isEnabled()


def test_packed_weights_count_for_their_part(loop, studio, place):
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    choose(place, "sketchy")
    path = place.cards.current.path
    packed = replace(studio.shelf.weights[path], packed={"unet": 2_000_000_000, "text_encoder": 1_000_000_000})
    studio.shelf.weights = {**studio.shelf.weights, path: packed}
    studio.shelf.facts_changed.emit()
    assert [text(place, f"memory_{part}_size") for part in ("denoiser", "text")] == ["2.0 GB", "1.0 GB"]


def test_equal_weights_are_told(loop, studio, place):
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    choose(place, "dreamy")
    assert text(place, "model_note") == "Same weights as: sketchy"
    write_weights(studio.comfy / "models/checkpoints/sketchy" / UNET, data=bytes(31) + b"x")
    choose(place, "sketchy")
    settle(loop, studio, place._command("read_again").trigger)
    choose(place, "dreamy")
    assert place.findChild(QLabel, "model_note").isHidden()


def test_a_model_is_used_by_key_by_button_and_by_double_click(qtbot, loop, studio, place):
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    used = []
    place.used.connect(lambda model: used.append(model.name))
    choose(place, "dreamy")
    qtbot.keyClick(place.cards, Qt.Key.Key_Return)
    qtbot.mouseClick(place.findChild(QPushButton, "models_use_button"), Qt.MouseButton.LeftButton)
    card = place.cards.visualRect(place.cards.model().index(1, 0))
    qtbot.mouseClick(place.cards.viewport(), Qt.MouseButton.LeftButton, pos=card.bottomRight() - QPoint(50, 40))
    qtbot.mouseDClick(place.cards.viewport(), Qt.MouseButton.LeftButton, pos=card.center() - QPoint(0, 40))
    choose(place, "old")
    qtbot.keyClick(place.cards, Qt.Key.Key_Return)
    assert used == ["dreamy", "dreamy", "sketchy", "sketchy"]


def test_removing_can_be_undone_and_touches_no_file(qtbot, loop, studio, place):
    own = model_folder(studio.folder / "own/mine")
    settle(loop, studio, lambda: place.add([own]))
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    before = sorted(path for path in studio.folder.rglob("*") if "cache" not in path.parts)
    names = list(studio.names)
    for name in ("mine", "dreamy"):
        choose(place, name)
        settle(loop, studio, lambda: qtbot.keyClick(place.cards, Qt.Key.Key_Delete))
        assert name not in studio.names
    assert studio.shelf.choices.opened == ()
    assert len(studio.shelf.choices.hidden) == 1
    for _ in range(2):
        settle(loop, studio, studio.undo.undo)
    assert studio.names == names
    assert studio.shelf.choices.hidden == frozenset()
    for _ in range(2):
        settle(loop, studio, studio.undo.redo)
    assert studio.names == ["starter", "old", "sketchy"]
    assert sorted(path for path in studio.folder.rglob("*") if "cache" not in path.parts) == before


def test_the_starter_stays(qtbot, loop, studio, place):
    choose(place, "starter")
    qtbot.keyClick(place.cards, Qt.Key.Key_Delete)
    assert studio.names == ["starter"]
    assert not place._command("remove").isEnabled()


def test_a_folder_leaves_the_list_and_comes_back(qtbot, loop, studio, place):
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    remove = place.findChild(QToolButton, "source_ComfyUI_remove")
    settle(loop, studio, lambda: qtbot.mouseClick(remove, Qt.MouseButton.LeftButton))
    assert studio.names == ["starter"]
    settle(loop, studio, studio.undo.undo)
    assert studio.names == ["starter", "dreamy", "old", "sketchy"]


def test_search_filters_and_order(qtbot, loop, studio, place):
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    qtbot.keyClick(place.cards, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(place.search, "comfy drea")
    assert shown(place) == ["dreamy"]
    qtbot.keyClick(place.search, Qt.Key.Key_Escape)
    place.findChild(QPushButton, "models_chinese").click()
    assert shown(place) == ["starter"]
    qtbot.keyClick(place.cards, Qt.Key.Key_Escape)
    assert len(shown(place)) == 4
    place.findChild(QPushButton, "source_ComfyUI_button").click()
    assert shown(place) == ["dreamy", "sketchy", "old"]
    place.findChild(QPushButton, "models_own_button").click()
    assert shown(place) == ["starter"]
    assert next(model.name for model in studio.shelf.find(ModelQuery(order=Order.LARGEST))) == "starter"
    qtbot.keyClicks(place.search, "nothing")
    assert place.findChild(QLabel, "models_none").isVisible()


def test_the_default_is_kept(qtbot, loop, studio, place):
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    choose(place, "dreamy")
    qtbot.keyClick(place.cards, Qt.Key.Key_D)
    assert studio.shelf.default.name == "dreamy"
    assert "Default" in place.cards.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    qtbot.keyClick(place.cards, Qt.Key.Key_D)
    assert studio.shelf.default is None


def drop(place: ModelsPlace, path: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    place.dragEnterEvent(enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        place.dropEvent(event)
    return enter.isAccepted()


def test_a_model_a_folder_of_models_and_a_folder_of_a_programs_models_can_be_dropped(loop, studio, place):
    own, others = model_folder(studio.folder / "own/mine"), studio.folder / "others"
    model_folder(others / "a/pastel")
    settle(loop, studio, lambda: drop(place, own))
    assert place.cards.current.name == "mine"
    settle(loop, studio, lambda: drop(place, others))
    settle(loop, studio, lambda: drop(place, studio.comfy / "models"))
    assert studio.shelf.choices.folders == (others, studio.comfy)
    assert studio.names == ["starter", "mine", "pastel", "dreamy", "old", "sketchy"]
    assert not drop(place, studio.folder / "picture.png")


def test_a_folder_without_models_is_refused_in_one_sentence(loop, studio, place):
    empty = studio.folder / "empty"
    empty.mkdir()
    settle(loop, studio, lambda: place.add([empty]))
    assert studio.told[-1].template == NoModelsThere.template
    assert studio.shelf.choices.folders == ()


def test_a_vanished_folder_is_told_and_harms_no_other(loop, studio, place):
    others = studio.folder / "others"
    model_folder(others / "pastel")
    settle(loop, studio, lambda: place.add([others, studio.comfy]))
    shutil.rmtree(others)
    settle(loop, studio, studio.shelf.look)
    assert [source.problem.__class__ for source in studio.shelf.sources] == [ModelFolderMissing, type(None)]
    assert studio.names == ["starter", "dreamy", "old", "sketchy"]
    assert "it does not exist" in text(place, "source_others_problem")
    assert "it does not exist" in place.findChild(QPushButton, "source_others_button").accessibleName()


def test_an_incomplete_model_is_listed_with_its_problem(loop, studio, place):
    (studio.comfy / "models/checkpoints/dreamy" / UNET).unlink()
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    choose(place, "dreamy")
    assert isinstance(place.cards.current.problem, ModelIncomplete)
    write_weights(studio.comfy / "models/checkpoints/dreamy" / UNET)
    settle(loop, studio, place._command("read_again").trigger)
    assert place.cards.current.problem is None


def test_a_later_start_lists_at_once_what_was_known_and_follows_changes(loop, studio, place):
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    settle(loop, studio, lambda: studio.shelf.make_default(studio.library.find("sketchy")))
    later = Studio(studio.folder, studio.shelf.choices)
    assert later.names == ["starter"]
    settle(loop, later, lambda: later.notices.spawn(later.shelf.restore()))
    assert later.names == ["starter", "dreamy", "old", "sketchy"]
    assert later.shelf.default.name == "sketchy"
    shutil.rmtree(studio.comfy / "models/checkpoints/dreamy")
    model_folder(studio.comfy / "models/checkpoints/new")
    settle(loop, later, later.shelf.look)
    assert later.names == ["starter", "new", "old", "sketchy"]
    later.shelf.close()


def test_a_file_that_shares_parts_finds_them_in_the_same_folder(loop, studio, place):
    from tests import single, tiny

    tiny.save_single_file_folder(studio.comfy / "models/diffusers/zoo", "1")
    path = studio.comfy / "models/checkpoints/alone.safetensors"
    single.stable_diffusion(path, without=["first_stage_model.", "cond_stage_model."])
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    model = studio.library.find("alone")
    assert model.problem is None
    choose(place, "alone")
    assert text(place, "fact_shared")


def test_a_card_has_a_menu_and_the_panel_a_key(qtbot, monkeypatch, place):
    choose(place, "starter")
    shown_actions: list[str] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: shown_actions.extend(action.text() for action in menu.actions()))
    place.cards.menu_wanted.emit(QPoint(9, 9))
    assert [each for each in shown_actions if each] == ["Use", "Make default", "Show in folder", "Read again", "Remove from the list"]
    assert place.panel.isVisible()
    qtbot.keyClick(place.cards, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert not place.panel.isVisible()
    place.resize(900, 560)
    qtbot.keyClick(place.cards, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert place.panel.isVisible()


# -- LoRAs


@pytest.fixture
def inks(loop, studio, place) -> Path:
    """The folder of ComfyUI is watched, with a LoRA that fits dreamy, one that fits in part and one that does not fit."""
    dreamy = studio.comfy / "models/checkpoints/dreamy"
    header_only(dreamy / "unet/diffusion_pytorch_model.safetensors", SD1_UNET)
    header_only(dreamy / "text_encoder/model.safetensors", SD1_TEXT)
    folder = studio.comfy / "models/loras"
    header_only(folder / "ink.safetensors", kohya(), metadata={"modelspec.trigger_phrase": "ink wash, paper"})
    header_only(folder / "partly.safetensors", kohya() | pair("lora_unet_foo", 8, 8))
    header_only(folder / "xl.safetensors", pair("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", 640, 2048))
    settle(loop, studio, lambda: studio.shelf.watch(studio.comfy))
    settle(loop, studio, lambda: studio.loras.use_model(studio.library.find("dreamy")))
    return folder


def test_loras_are_shown_beside_models_with_their_fit_and_their_words(qtbot, loop, studio, place, inks):
    assert "ink" not in shown(place)  # all models
    place.findChild(QPushButton, "source_ComfyUI_button").click()
    assert shown(place) == ["dreamy", "sketchy", "old", "ink", "partly", "xl"]
    place.findChild(QPushButton, "models_loras_button").click()
    assert shown(place) == ["ink", "partly", "xl"]
    choose(place, "ink")
    assert [text(place, f"fact_{key}") for key in ("family", "fits", "triggers", "rank", "layout")] == [
        "Stable Diffusion 1",
        "fits dreamy",
        "ink wash, paper",
        "8",
        "kohya",
    ]
    assert text(place, "fact_path").endswith("ComfyUI/models/loras/ink.safetensors")
    assert not text(place, "fact_steps")
    assert not place._command("default").isEnabled()
    choose(place, "partly")
    assert text(place, "fact_fits") == "3 of 4 layers fit dreamy"
    spoken = place.cards.model().index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "xl, LoRA, Stable Diffusion XL, does not fit dreamy"
    assert not place.cards.grab().isNull()
    settle(loop, studio, lambda: studio.loras.use_model(studio.library.find("sketchy")))
    assert text(place, "fact_fits") == ""  # nothing is known of its layers
    place.search.setText("wash")
    assert shown(place) == ["ink"]


def test_embeddings_are_shown_beside_loras(loop, studio, place, inks):
    """That of a kind that can carry code is listed with the reason."""
    table = {"text_model.embeddings.token_embedding.weight": (49408, 768)}
    header_only(studio.comfy / "models/checkpoints/dreamy/text_encoder/model.safetensors", SD1_TEXT | table)
    folder = studio.comfy / "models/embeddings"
    for name, tensors in (("easy", {"emb_params": (8, 768)}), ("wide", {"emb_params": (2, 1024)})):
        header_only(folder / f"{name}.safetensors", tensors)
    (folder / "old.pt").write_bytes(b"pickle")
    settle(loop, studio, studio.loras.read)
    place.findChild(QPushButton, "models_loras_button").click()
    assert shown(place) == ["easy", "ink", "partly", "wide", "xl", "old"]
    choose(place, "easy")
    told = [text(place, f"fact_{key}") for key in ("family", "fits", "triggers", "vectors")]
    assert told == ["Stable Diffusion 1", "fits dreamy", "easy", "8"]
    choose(place, "wide")
    assert text(place, "fact_fits") == "does not fit dreamy"
    choose(place, "old")
    assert text(place, "model_problem").startswith("The embedding old.pt was not opened because files in this format can carry code.")
    place.search.setText("easy")
    assert shown(place) == ["easy"]


def test_a_lora_is_used_by_key_and_by_button(qtbot, loop, studio, place, inks):
    used = []
    place.lora_used.connect(lambda listed: used.append(listed.name))
    place.findChild(QPushButton, "models_loras_button").click()
    qtbot.keyClick(place.cards, Qt.Key.Key_Return)
    choose(place, "xl")
    qtbot.mouseClick(place.findChild(QPushButton, "models_use_button"), Qt.MouseButton.LeftButton)
    assert used == ["ink", "xl"]


def test_lora_files_are_listed_and_leave_the_list_with_undo(qtbot, loop, studio, place, inks):
    own = header_only(studio.folder / "own/felt.safetensors", kohya())
    settle(loop, studio, lambda: drop(place, own))
    assert place.cards.current.name == "felt"
    assert studio.loras.files == (own,)
    settle(loop, studio, lambda: qtbot.keyClick(place.cards, Qt.Key.Key_Delete))
    assert (studio.loras.files, shown(place)) == ((), ["ink", "partly", "xl"])
    settle(loop, studio, studio.undo.undo)
    assert (studio.loras.files, shown(place)) == ((own,), ["felt", "ink", "partly", "xl"])
    choose(place, "ink")
    assert not place._command("remove").isEnabled()  # it is found again while its folder is watched


def test_loras_follow_their_folder(loop, studio, place, inks):
    place.findChild(QPushButton, "models_loras_button").click()
    (inks / "xl.safetensors").unlink()
    header_only(inks / "more/new.safetensors", kohya())
    settle(loop, studio, studio.shelf.look)
    assert shown(place) == ["ink", "new", "partly"]
    settle(loop, studio, lambda: studio.shelf.unwatch(studio.comfy))
    assert shown(place) == []
    assert "no LoRAs yet" in text(place, "models_none")


# -- in the whole window


@pytest.fixture
def session(qtbot, unstyled, loop, tmp_path, monkeypatch):
    from desktop.app import Session
    from desktop.library.paths import Folders
    from desktop.studio.instance import Instance

    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("desktop.studio.autosave.SOON", 3_600_000)  # ms: the tests write by themselves
    folders = Folders.inside(tmp_path / "data")
    made = []

    def start() -> Session:
        instance = Instance(folders.data)
        session = Session(unstyled, folders, instance)
        qtbot.addWidget(session.window)
        session.window.resize(1400, 900)
        session.window.show()
        qtbot.waitExposed(session.window)
        made.append((session, instance))
        return session

    yield start
    for session, instance in made:
        session._shelf.close()
        session._worker.close()
        assert session._worker.join(5)
        instance.close()


def test_the_window_adds_uses_and_keeps_models(qtbot, loop, session, tmp_path):
    folder = tmp_path / "pile"
    for name in ("dreamy", "sketchy"):
        model_folder(folder / name)
    first = session()
    window, panel = first.window, first.window.create_place.prompt_panel
    rest(loop, first._notices, lambda: window.create_place.shown_picture.open_files([folder]))
    place = window.findChild(ModelsPlace)
    assert place.isVisible()
    assert [model.name for model in panel.models] == ["starter", "dreamy", "sketchy"]
    assert panel.model.name == "starter"
    choose(place, "sketchy")
    rest(loop, first._notices, place._command("use").trigger)
    assert window.create_place.isVisible()
    assert panel.model.name == "sketchy"
    choose(place, "dreamy")
    rest(loop, first._notices, place._command("default").trigger)
    assert first.settings.watched_model_folders == (str(folder),)
    rest(loop, first._notices, lambda: first._notices.spawn(first._settings_autosave.now()))

    second = session()
    chip = second.window.findChild(QPushButton, "model_chip")
    rest(loop, second._notices, lambda: second._notices.spawn(second._shelf.restore()))
    assert chip.text().strip() == "dreamy"
    assert [model.name for model in second.window.create_place.prompt_panel.models] == ["starter", "dreamy", "sketchy"]
    assert second.window.create_place.prompt_panel.model.name == "dreamy"


@pytest.mark.slow
def test_a_refiner_is_used_beside_its_base(qtbot, loop, session, tmp_path):
    from tests import tiny

    tiny.refiner(is_shallow=True).save_pretrained(tmp_path / "finer")
    tiny.pipeline_xl(is_shallow=True).save_pretrained(tmp_path / "base")
    first = session()
    window, panel = first.window, first.window.create_place.prompt_panel
    told = []
    first._notices.listen(told.append)
    rest(loop, first._notices, lambda: first._notices.spawn(first._add_models(tmp_path / "finer")))
    assert panel.model.name == "starter"
    rest(loop, first._notices, window.show_models)
    place = window.findChild(ModelsPlace)
    choose(place, "finer")
    assert not place._command("default").isEnabled()
    rest(loop, first._notices, place._command("use").trigger)
    assert "Choose a model of the kind {family}" in told[-1].template
    assert place.isVisible()
    rest(loop, first._notices, lambda: first._notices.spawn(first._add_models(tmp_path / "base")))
    assert panel.model.name == "base"
    choose(place, "finer")
    rest(loop, first._notices, place._command("use").trigger)
    assert window.create_place.isVisible()
    assert (panel.recipe().model.name, panel.recipe().refiner.name) == ("base", "finer")


def test_many_models_are_grouped_and_searched_in_the_top_bar(qtbot, loop, session, tmp_path):
    folder = tmp_path / "pile"
    for number in range(13):
        model_folder(folder / f"model {number:02}")
    (folder / "old.ckpt").write_bytes(b"pickle")
    first = session()
    window = first.window
    rest(loop, first._notices, lambda: window.create_place.shown_picture.open_files([folder]))
    chip = window.findChild(QPushButton, "model_chip")
    chip.menu().aboutToShow.emit()
    texts = [action.text() for action in chip.menu().actions() if action.text()]
    assert texts[:3] == ["Search models…", "Stable Diffusion 1 and 2", "Cannot be used"]
    chip.menu().actions()[0].trigger()
    search = window.findChild(QLineEdit, "palette_search")
    assert search.isVisible()
    assert search.placeholderText() == "Search models"
    search.setText("07")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert window.create_place.prompt_panel.model.name == "model 07"

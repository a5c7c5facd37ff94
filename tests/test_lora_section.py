"""The section with LoRAs in the left panel: real files, real widgets, keys and mouse."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSlider, QToolButton
from safetensors.numpy import save_file

from desktop.diffusion.adapters import Adapter
from desktop.diffusion.families import FAMILIES
from desktop.diffusion.recipe import Recipe
from desktop.errors import AdapterUnsupported, OutOfRange
from desktop.library import adapter_file
from desktop.library.adapters import AdapterLibrary
from desktop.library.drafts import Chosen, Drafts, DraftsFile
from desktop.library.few_steps import Advice, advice
from desktop.library.models import Model
from desktop.studio.forecast import Forecast
from desktop.studio.loras import Loras
from desktop.studio.notices import Notices
from desktop.studio.prompt_history import PromptHistory
from desktop.studio.styles import Styles
from desktop.studio.undo import Undo
from desktop.ui.create.prompt_panel import PromptPanel
from desktop.ui.theme import Theme
from desktop.ui.widgets.adapter_weights import WeightNumber
from desktop.ui.widgets.controls import Elided
from tests.kits import model_folder
from tests.loras import pair
from tests.prompting import Noting, child, grids_of
from tests.single import header_only
from tests.test_adapters import SD1_TEXT, SD1_UNET, kohya

SD1_TABLE = {"text_model.embeddings.token_embedding.weight": (49408, 768)}


@dataclass
class Bench:
    """A panel with a model of Stable Diffusion 1, and a folder for LoRAs."""

    panel: PromptPanel
    loras: Loras
    library: AdapterLibrary
    undo: Undo
    notices: Notices
    folder: Path
    loop: asyncio.AbstractEventLoop

    def settle(self) -> None:
        """Wait for every action that was started."""

        async def rest() -> None:
            while self.notices._tasks:
                await asyncio.wait(set(self.notices._tasks))

        self.loop.run_until_complete(rest())
        QApplication.processEvents()  # new rows are shown by an event

    def add(self, name: str, width: int = 768, **metadata: str) -> None:
        told = {key.replace("__", "."): value for key, value in metadata.items()}
        self.loras.add([header_only(self.folder / f"{name}.safetensors", kohya(width), metadata=told)])
        self.settle()

    @property
    def names(self) -> list[str]:
        return [row.adapter.name for row in self.loras.rows]

    @property
    def used(self) -> dict[str, float]:
        """What Generate takes."""
        return {adapter.name: adapter.weight for adapter in self.panel.recipe().adapters}

    def told(self, name: str) -> str:
        """The text of a label that is shown; "" if it is hidden."""
        label = child(self.panel, QLabel, name)
        return label.text() if label.isVisible() else ""


@pytest.fixture
def bench(qtbot, theme: Theme, tmp_path: Path) -> Iterator[Bench]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    folder = model_folder(tmp_path / "dreams")
    header_only(folder / "unet/diffusion_pytorch_model.safetensors", SD1_UNET)
    header_only(folder / "text_encoder/model.safetensors", SD1_TEXT | SD1_TABLE)
    notices = Notices()
    undo = Undo(notices)
    library = AdapterLibrary([], [], tmp_path / "loras.json")
    loras = Loras(library, lambda folder: loras.look_into([folder]), notices, undo)
    generation = Noting()
    panel = PromptPanel(generation, Forecast(generation), grids_of(generation), Styles(undo), theme, PromptHistory(), loras)
    qtbot.addWidget(panel)
    panel.set_models([Model("dreams", folder, family=FAMILIES[0], size=512)], "dreams")
    panel.prompt.set_text("a fox")
    panel.resize(340, 900)
    panel.show()
    bench = Bench(panel, loras, library, undo, notices, tmp_path / "loras", loop)
    yield bench
    bench.settle()
    loop.close()
    asyncio.set_event_loop(None)


def test_without_any_the_section_is_one_line(bench: Bench) -> None:
    assert bench.told("lora_count") == "none"
    assert not [slider for slider in bench.panel.findChildren(QSlider) if slider.objectName().startswith("lora")]
    assert bench.used == {}


def test_a_file_becomes_a_row_that_is_used(bench: Bench, qtbot) -> None:
    bench.add("ink")
    assert bench.used == {"ink": 1.0}
    assert len(bench.panel.recipe().adapters[0].fingerprint) == 64
    weight = child(bench.panel, WeightNumber, "lora_weight_0")
    weight.setFocus()
    weight.selectAll()
    qtbot.keyClicks(weight, "0.125")
    qtbot.keyClick(weight, Qt.Key.Key_Return)
    assert (bench.used, weight.text()) == ({"ink": 0.125}, "0.125")
    child(bench.panel, QSlider, "lora_slider_0").setValue(-50)
    assert (bench.used, weight.text()) == ({"ink": -0.5}, "-0.50")
    qtbot.mouseClick(child(bench.panel, QToolButton, "lora_on_0"), Qt.MouseButton.LeftButton)
    assert (bench.used, bench.told("lora_count")) == ({}, "0 of 1 on")
    assert not weight.isEnabled()


def test_the_same_file_is_not_added_twice(bench: Bench) -> None:
    bench.add("ink")
    bench.loras.switch(0, False)
    bench.add("ink")
    assert (bench.names, bench.used) == (["ink"], {"ink": 1.0})


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_rows_are_moved_by_key_and_by_mouse_and_removed(bench: Bench, qtbot) -> None:
    for name in ("ink", "felt", "wash"):
        bench.add(name, metadata_of=name)
    bench.panel.activateWindow()
    qtbot.waitActive(bench.panel)
    child(bench.panel, WeightNumber, "lora_weight_2").setFocus()
    qtbot.keyClick(child(bench.panel, WeightNumber, "lora_weight_2"), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert bench.names == ["ink", "wash", "felt"]
    assert child(bench.panel, WeightNumber, "lora_weight_1").hasFocus()
    first, last = (child(bench.panel, Elided, f"lora_name_{place}").parentWidget() for place in (0, 2))
    start = QPoint(5, 5)
    qtbot.mousePress(first, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(first, first.mapFromGlobal(last.mapToGlobal(last.rect().bottomLeft())))
    qtbot.mouseRelease(first, Qt.MouseButton.LeftButton, pos=first.mapFromGlobal(last.mapToGlobal(last.rect().bottomLeft())))
    assert bench.names == ["wash", "felt", "ink"]
    child(bench.panel, QToolButton, "lora_more_1").setFocus()
    qtbot.keyClick(child(bench.panel, QToolButton, "lora_more_1"), Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert (bench.names, list(bench.used)) == (["wash", "ink"], ["wash", "ink"])
    for expected in (["wash", "felt", "ink"], ["ink", "wash", "felt"], ["ink", "felt", "wash"]):
        bench.undo.undo()
        bench.settle()
        assert bench.names == expected
    bench.undo.redo()
    bench.settle()
    assert bench.names == ["ink", "wash", "felt"]


def test_trigger_words_go_into_the_prompt(bench: Bench, qtbot) -> None:
    bench.add("ink", modelspec__trigger_phrase="inkwash, wet paper")
    chips = [child(bench.panel, QPushButton, f"lora_word_0_{number}") for number in (0, 1)]
    assert [chip.text() for chip in chips] == ["inkwash", "wet paper"]
    qtbot.keyClick(chips[1], Qt.Key.Key_Space)
    assert bench.panel.recipe().prompt.text == "a fox, wet paper"


def test_the_fit_is_told_in_the_row(bench: Bench) -> None:
    bench.add("ink")
    bench.add("two", 1024)
    bench.loras.add(
        [header_only(bench.folder / "xl.safetensors", pair("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", 640, 2048))]
    )
    bench.settle()
    assert bench.told("lora_status_0") == ""
    assert bench.told("lora_status_1") == "2 of 3 layers fit this model"
    assert bench.told("lora_status_2").startswith("The LoRA “xl” was made for Stable Diffusion XL and does not fit the model dreams")
    assert list(bench.used) == ["ink", "two"]
    assert bench.told("lora_count") == "2 of 3 on"


def test_what_is_no_lora_is_said_and_not_added(bench: Bench) -> None:
    told = []
    bench.notices.listen(told.append)
    bench.loras.add([header_only(bench.folder / "model.safetensors", {"a.weight": (4, 4)})])
    bench.settle()
    assert (bench.names, [notice.template for notice in told]) == ([], [AdapterUnsupported.template])


def test_a_recipe_with_others_is_restored_and_those_that_are_missing_stay(bench: Bench) -> None:
    bench.add("ink")
    gone = Adapter("gone", 0.5, "0" * 64)
    bench.panel.set_recipe(Recipe.of(prompt="a fox", model="dreams", adapters=(gone, bench.panel.recipe().adapters[0])))
    bench.settle()
    assert bench.names == ["gone", "ink"]
    assert bench.told("lora_status_0") == "This LoRA is not on this computer, so it is not used. Open its file."
    assert list(bench.used) == ["ink"]


def test_drafts_keep_every_row(bench: Bench, tmp_path: Path) -> None:
    bench.add("ink")
    bench.add("felt", metadata_of="felt")
    bench.loras.switch(0, False)
    bench.loras.set_weight(1, 0.35)
    file = DraftsFile(tmp_path / "drafts.json")
    file.save(bench.panel.drafts())
    restored, problem = file.load()
    assert problem is None
    assert [(each.adapter.name, each.adapter.weight, each.is_on) for each in restored.loras] == [("ink", 1.0, False), ("felt", 0.35, True)]
    bench.loras.set_rows(())
    bench.panel.restore(restored)
    bench.settle()
    assert (bench.names, bench.used) == (["ink", "felt"], {"felt": 0.35})


def test_wrong_rows_of_drafts_are_left_out(tmp_path: Path) -> None:
    file = DraftsFile(tmp_path / "drafts.json")
    file.save(Drafts(loras=(Chosen(Adapter("ink")),)))
    values = json.loads((tmp_path / "drafts.json").read_text())["values"]
    values["loras"] += [{"on": True}, {"adapter": {"name": 7, "weight": 1}, "on": True}, 3]
    (tmp_path / "drafts.json").write_text(json.dumps({"schema": 3, "values": values}))
    drafts, problem = file.load()
    assert drafts.loras == (Chosen(Adapter("ink")),)
    assert "LoRA" in str(problem)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_offers_what_is_known(bench: Bench) -> None:
    for name in ("ink", "felt"):
        header_only(bench.folder / f"{name}.safetensors", kohya())
    header_only(bench.folder / "model.safetensors", {"model.diffusion_model.out.2.weight": (4, 320, 3, 3)})
    header_only(bench.folder / "loha.safetensors", {"lora_unet_a.hada_w1_a": (8, 4)})
    bench.loras.open_folder(bench.folder)
    bench.settle()
    section = bench.panel._lora
    section.show_menu()
    actions = [action for action in section._menu.actions() if action.text()]
    assert [(action.text(), action.isEnabled()) for action in actions] == [
        ("felt", True),
        ("ink", True),
        ("loha", False),
        ("Open LoRA files…", True),
        ("Open a folder of LoRAs…", True),
    ]
    actions[0].trigger()
    section._menu.hide()
    bench.settle()
    assert (bench.used, bench.loras.files) == ({"felt": 1.0}, ())


# -- few steps


@pytest.mark.parametrize(
    ("name", "width", "expected"),
    [
        ("lcm-lora-sdv1-5", 768, Advice("LCM", 4, "LCM", 1.5)),
        ("LCM_LoRA_Weights_SD15", 768, Advice("LCM", 4, "LCM", 1.5)),
        ("sdxl_lightning_8step_lora", 2048, Advice("Lightning", 8, "Euler trailing", 1.0)),
        ("Hyper-SD15-4steps-lora", 768, Advice("Hyper-SD", 4, "DDIM trailing", 1.0)),
        ("Hyper-SDXL-8steps-CFG-lora", 2048, Advice("Hyper-SD", 8, "DDIM trailing", 5.0)),
        ("dmd2_sdxl_4step_lora_fp16", 2048, Advice("DMD", 4, "LCM", 1.0)),
        ("TCD-SD15-LoRA", 768, Advice("TCD", 4, "TCD", 1.0)),
        ("Hyper-SD15-1step-lora", 768, Advice("Hyper-SD", 1, "TCD", 1.0)),
        ("hyperrealistic skin", 768, None),
        ("sd turbo lora", 768, Advice("Turbo", 4, "Euler trailing", 1.0)),
        ("turbocharged", 768, None),
        ("ink", 768, None),
    ],
)
def test_few_step_loras_are_known_by_their_names(name: str, width: int, expected: Advice | None, tmp_path: Path) -> None:
    assert advice(adapter_file.read(header_only(tmp_path / f"{name}.safetensors", kohya(width)))) == expected


def test_those_of_flow_models_keep_the_sampler(tmp_path: Path) -> None:
    flux = pair("transformer.single_transformer_blocks.0.attn.to_q", 3072, 3072)
    file = adapter_file.read(header_only(tmp_path / "Hyper-FLUX.1-dev-8steps-lora.safetensors", flux))
    assert advice(file) == Advice("Hyper-SD", 8, weight=0.125)
    qwen = pair("transformer_blocks.0.img_mlp.net.0.proj", 12288, 3072)
    file = adapter_file.read(header_only(tmp_path / "Qwen-Image-Lightning-4steps-V1.0.safetensors", qwen))
    assert advice(file) == Advice("Lightning", 4, guidance_scale=1.0)


def test_a_few_step_lora_offers_its_settings_and_lets_its_sampler_be_used(bench: Bench, qtbot) -> None:
    asked: list[tuple[str, Advice]] = []
    bench.loras.advised.connect(lambda name, advice: asked.append((name, advice)))
    bench.add("lcm-lora-sdv1-5")
    chip = child(bench.panel, QPushButton, "lora_needs_0")
    assert chip.text() == "4 steps · LCM · guidance 1.5"
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert asked == [("lcm-lora-sdv1-5", Advice("LCM", 4, "LCM", 1.5))] * 2
    bench.panel.set_recipe(bench.panel.recipe().with_values(**asked[0][1].values))
    assert bench.panel.recipe().sampling.sampler == "LCM"
    bench.loras.remove(0)
    assert bench.panel.recipe().sampling.sampler != "LCM"
    assert "LCM does not work with this model" in bench.told("message")


# -- strengths that are preferred


def test_the_preferred_strength_is_set_and_offered_again(bench: Bench, qtbot) -> None:
    """A1111 keeps it beside the file, with the words."""
    (bench.folder).mkdir(parents=True, exist_ok=True)
    kept = {"sd version": "SD1", "activation text": "inkwash, wet paper", "preferred weight": 0.7, "notes": "on paper"}
    (bench.folder / "ink.json").write_text(json.dumps(kept))
    bench.add("ink")
    assert bench.used == {"ink": 0.7}
    assert [child(bench.panel, QPushButton, f"lora_word_0_{number}").text() for number in (0, 1)] == ["inkwash", "wet paper"]
    chip = child(bench.panel, QPushButton, "lora_preferred_0")
    assert chip.isHidden()
    child(bench.panel, WeightNumber, "lora_weight_0").setValue(1.2)
    assert (chip.isVisible(), chip.text()) == (True, "Strength 0.70")
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    assert (bench.used, chip.isHidden()) == ({"ink": 0.7}, True)


@pytest.mark.parametrize(
    ("beside", "metadata", "expected"),
    [
        ({".civitai.info": {"baseModel": "Pony", "trainedWords": ["a, b", "c"]}}, {}, (None, ("a", "b", "c"))),
        ({".json": {"preferred weight": 0}}, {"modelspec__lora_default_weight": "0.6"}, (0.6, ())),
        ({".json": {"preferred weight": "1e9", "activation text": 5, "notes": []}}, {}, (None, ())),
        ({".json": {"activation text": "mine"}}, {"modelspec__trigger_phrase": "author's"}, (None, ("author's",))),
        ({".json": ["no object"], ".civitai.info": "{"}, {}, (None, ())),
    ],
)
def test_what_other_programs_keep_beside_a_lora_is_read(beside, metadata, expected, tmp_path: Path) -> None:
    told = {key.replace("__", "."): value for key, value in metadata.items()}
    path = header_only(tmp_path / "ink.safetensors", kohya(), metadata=told)
    for ending, document in beside.items():
        (tmp_path / f"ink{ending}").write_text(document if isinstance(document, str) else json.dumps(document))
    file = adapter_file.read(path)
    assert (file.weight, file.triggers) == expected


def test_a_model_that_takes_none_is_said_in_the_row_at_once(bench: Bench, tmp_path: Path) -> None:
    bench.add("ink")
    [pixart] = [family for family in FAMILIES if family.name == "PixArt-Σ"]
    bench.panel.set_models([Model("sigma", tmp_path / "dreams", family=pixart, size=512)], "sigma")
    bench.settle()
    assert bench.told("lora_status_0").startswith("Models of the family PixArt-Σ take no LoRAs, so “ink” is not used.")
    assert bench.used == {}


# -- embeddings


def embedding(path: Path, width: int = 768, count: int = 4) -> Path:
    save_file({"emb_params": numpy.zeros((count, width), numpy.float32)}, path)
    return path


def test_an_embedding_is_chosen_by_its_name_and_counted(bench: Bench, qtbot) -> None:
    """It is in the recipe while a prompt names it, and where it does not fit, that is said."""
    folder = bench.folder
    folder.mkdir(parents=True)
    for name, width in (("EasyToy", 768), ("wide", 1024)):
        embedding(folder / f"{name}.safetensors", width)
    bench.loras.look_into([folder])
    bench.settle()
    panel = bench.panel
    menu = panel._lora._menu
    menu.aboutToShow.emit()
    offers = [[(each.text(), each.isEnabled()) for each in action.menu().actions()] for action in menu.actions() if action.menu()]
    assert offers == [[("EasyToy", True), ("wide", False)]] * 2
    panel._lora._to_avoid.actions()[0].trigger()
    assert panel.recipe().prompt.negative == "EasyToy"
    panel.prompt.set_text("a fox, (easytoy:1.2), wide")
    [used] = panel.recipe().embeddings
    assert (used.name, used.short_hash) == ("EasyToy", used.fingerprint[:12])
    assert bench.told("embeddings_named") == "Embeddings in the prompts: EasyToy"
    assert bench.told("embeddings_misfit").startswith("The embedding “wide” was made for Stable Diffusion 2 and does not fit dreams.")
    assert bench.told("lora_count") == "1 embedding"
    panel.prompt.set_text("a fox")
    panel.negative_prompt.set_text("")
    assert (panel.recipe().embeddings, bench.told("embeddings_named"), bench.told("lora_count")) == ((), "", "none")
    bench.loras.add([folder / "EasyToy.safetensors"])
    bench.settle()
    assert panel.recipe().prompt.text == "a fox, EasyToy"


def test_an_embedding_is_restored_under_the_name_that_the_prompt_has(bench: Bench) -> None:
    """Also before the disk is read; one that is another file here is not taken for it."""
    bench.folder.mkdir(parents=True)
    path = embedding(bench.folder / "here.safetensors")
    fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()
    given = (Adapter("there", 1.0, fingerprint), Adapter("gone", 1.0, "0" * 64))
    recipe = Recipe.of(prompt="a there, gone", model="dreams", embeddings=given)
    bench.panel.set_recipe(recipe)
    assert [each.name for each in bench.panel.recipe().embeddings] == ["there", "gone"]
    bench.loras.look_into([bench.folder])
    bench.settle()
    assert [(each.name, each.fingerprint) for each in bench.panel.recipe().embeddings] == [("there", fingerprint)]
    found = bench.loop.run_until_complete(bench.loras.found(given, are_embeddings=True))
    assert ([each.name for each in found[0]], [each.name for each in found[1]], found[2]) == (["there", "gone"], ["gone"], [])


def test_more_embeddings_than_a_recipe_may_have_are_refused_before_anything_is_queued(bench: Bench) -> None:
    bench.folder.mkdir(parents=True)
    names = [f"toy{number}" for number in range(33)]
    for name in names:
        embedding(bench.folder / f"{name}.safetensors", count=1)
    bench.loras.look_into([bench.folder])
    bench.settle()
    panel, queued = bench.panel, []
    panel.requested.connect(lambda: queued.append(panel.recipe()))
    panel.prompt.set_text(", ".join(names[:20]))
    panel.negative_prompt.set_text(", ".join(names[20:]))
    assert [each.name for each in panel.recipe().embeddings] == names
    refused = "The prompts name 33 embeddings; at most 32 can work together. Remove some of their names."
    assert panel._problem(panel.recipe(), [panel.prompt.toPlainText()]) == refused
    panel.generate()
    assert queued == []
    with pytest.raises(OutOfRange, match="embeddings in the prompts cannot be 33"):
        panel.recipe().check()
    panel.negative_prompt.set_text(", ".join(names[21:]))
    assert panel._problem(panel.recipe(), [panel.prompt.toPlainText()]) == ""

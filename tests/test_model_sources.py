"""Models in the folders of other programs are found in place, judged once, and remembered."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.diffusion.families import FAMILIES
from desktop.diffusion.single_file import PartSource, SingleFile
from desktop.diffusion.working_memory import Hardware
from desktop.errors import ModelFolderMissing, ModelFolderUnreadable, ModelRefused, NotAModel
from desktop.library.known_models import KnownModels, weights_of
from desktop.library.model_sources import A1111, COMFY, HUGGING_FACE, INVOKE, PLAIN, SWARM, listing, program_of, root_of, usual_places
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER

from .kits import UNET, model_folder, write_weights

ROOTS = {
    "stable-diffusion-webui": (A1111, "models/Stable-diffusion", "models/Lora"),
    "ComfyUI": (COMFY, "models/checkpoints", "models/loras"),
    "SwarmUI": (SWARM, "Models/Stable-Diffusion", "Models/Lora"),
}


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(STARTER, [], tmp_path / "cache/fingerprints.json")


def file(path: Path, size: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    return path


def hub_entry(cache: Path, name: str, commit: str = "abc123") -> Path:
    """An entry of a Hugging Face cache: the files of its snapshot are links into its blobs."""
    entry = cache / f"models--{name.replace('/', '--')}"
    snapshot = model_folder(entry / "snapshots" / commit)
    for path in [path for path in snapshot.rglob("*") if path.is_file()]:
        blob = entry / "blobs" / path.relative_to(snapshot).as_posix().replace("/", "_")
        blob.parent.mkdir(exist_ok=True)
        path.rename(blob)
        path.symlink_to(os.path.relpath(blob, path.parent))
    (entry / "refs").mkdir()
    (entry / "refs/main").write_text(commit)
    return snapshot


@pytest.mark.parametrize("root", ROOTS)
def test_models_of_a_program_are_found_where_it_keeps_them(root: str, tmp_path: Path) -> None:
    program, models, loras = ROOTS[root]
    folder = tmp_path / root
    own = [file(folder / models / "Anime/one.safetensors"), file(folder / models / "two.ckpt"), model_folder(folder / models / "three")]
    file(folder / loras / "style.safetensors")
    file(folder / models / "preview.png")
    file(folder / "venv/lib/tests/tiny.safetensors")
    assert program_of(folder) is program
    assert root_of(folder / models.split("/")[0]) == folder
    assert set(listing(folder).models) == set(own)


def test_models_of_invoke_ai_are_found_in_their_numbered_folders(tmp_path: Path) -> None:
    (tmp_path / "databases").mkdir()
    own = {file(tmp_path / "models/9f1c/dreamy.safetensors"), model_folder(tmp_path / "models/77aa")}
    assert program_of(tmp_path) is INVOKE
    assert set(listing(tmp_path).models) == own


def test_a_hub_cache_lists_snapshots_with_a_picture_model(tmp_path: Path, library: ModelLibrary) -> None:
    snapshot = hub_entry(tmp_path / "hub", "someone/dreamy")
    file(tmp_path / "hub/models--google--bert/snapshots/1/config.json")
    file(tmp_path / "hub/models--google--bert/snapshots/1/model.safetensors")
    (tmp_path / "hub/models--half--there/snapshots").mkdir(parents=True)
    assert program_of(tmp_path / "hub") is HUGGING_FACE
    assert listing(tmp_path / "hub").models == (snapshot,)
    model = library.judged(snapshot, tmp_path / "hub")
    assert (model.name, model.problem, model.found_in) == ("dreamy", None, tmp_path / "hub")


def test_a_plain_folder_is_looked_through_without_its_parts_and_circles(tmp_path: Path) -> None:
    own = {model_folder(tmp_path / "a/dreamy"), file(tmp_path / "b/c/one.safetensors"), file(tmp_path / "two.gguf")}
    file(tmp_path / ".hidden/three.safetensors")
    file(tmp_path / "encoder/model.safetensors")
    file(tmp_path / "encoder/config.json")
    (tmp_path / "b/circle").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    assert program_of(tmp_path) is PLAIN
    found = listing(tmp_path)
    assert (set(found.models), found.problem, found.unread) == (own, None, ())


def test_a_vanished_folder_is_one_sentence(tmp_path: Path) -> None:
    assert isinstance(listing(tmp_path / "gone").problem, ModelFolderMissing)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_one_sentence_and_harms_nothing_else(tmp_path: Path) -> None:
    other = file(tmp_path / "b/one.safetensors")
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    try:
        assert listing(tmp_path).models == (other,)
        assert listing(tmp_path).unread == (closed,)
        assert isinstance(listing(closed).problem, ModelFolderUnreadable)
    finally:
        closed.chmod(0o700)


def test_only_folders_with_models_are_offered(tmp_path: Path) -> None:
    file(tmp_path / "ComfyUI/models/checkpoints/one.safetensors")
    (tmp_path / "stable-diffusion-webui/models/Stable-diffusion").mkdir(parents=True)
    hub_entry(tmp_path / "hf/hub", "someone/dreamy")
    assert usual_places(tmp_path, {"HF_HOME": str(tmp_path / "hf")}) == [tmp_path / "ComfyUI", tmp_path / "hf/hub"]
    assert usual_places(tmp_path, {}) == [tmp_path / "ComfyUI"]


def test_names_are_unique_and_what_is_opened_comes_first(tmp_path: Path, library: ModelLibrary) -> None:
    opened = model_folder(tmp_path / "mine/dreamy")
    library.open(opened)
    folder = tmp_path / "theirs"
    found = [library.judged(model_folder(folder / place / "dreamy"), folder) for place in "ab"]
    again = library.judged(opened, folder)
    library.show_found([*found, again])
    assert [model.name for model in library.models] == ["starter", "dreamy", "dreamy (2)", "dreamy (3)"]
    assert library.opened == (opened,)
    library.show_found(library.models[2:])
    assert len(library.models) == 4
    library.show_found([])
    assert len(library.models) == 2


def test_a_removed_model_comes_back_to_its_place(tmp_path: Path, library: ModelLibrary) -> None:
    models = [library.open(model_folder(tmp_path / name)) for name in "abc"]
    place = library.remove(models[1])
    assert [model.name for model in library.models] == ["starter", "a", "c"]
    library.insert(models[1], place)
    library.insert(models[1], place)
    assert library.models[1:] == tuple(models)


def test_facts_are_remembered_until_a_file_changes(tmp_path: Path, library: ModelLibrary) -> None:
    folder = tmp_path / "models"
    good, refused = library.judged(model_folder(folder / "good"), folder), library.judged(file(folder / "old.ckpt", 9), folder)
    known = KnownModels(tmp_path / "cache/models.json")
    for model in (good, refused):
        known.add(model)
    known.keep([good.path, refused.path])

    later = KnownModels(tmp_path / "cache/models.json")
    assert [each.model.path for each in later.load()] == [good.path, refused.path]
    found = later.get(good.path)
    assert found is not None
    assert found.model == good
    assert found.weights == known.weights(good)
    problem = later.get(refused.path)
    assert problem is not None
    assert isinstance(problem.model.problem, ModelRefused)
    assert problem.model.problem.values == refused.problem.values

    (good.path / "unet/other.txt").write_text("")
    (refused.path).unlink()
    assert later.get(good.path) is None
    assert later.get(refused.path) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"code": 1}', b'{"code": "x", "models": [1]}'])
def test_a_damaged_memory_is_empty(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_bytes(content)
    assert KnownModels(path).load() == []


def test_every_family_can_be_remembered(tmp_path: Path, library: ModelLibrary) -> None:
    known = KnownModels(tmp_path / "models.json")
    base = library.judged(model_folder(tmp_path / "a"), tmp_path)
    for number, family in enumerate(FAMILIES):
        known.add(replace(base, path=tmp_path / str(number), family=family))
    known.keep([tmp_path / str(number) for number in range(len(FAMILIES))])
    assert [each.model.family for each in KnownModels(tmp_path / "models.json").load()] == list(FAMILIES)


def test_a_single_file_is_remembered_with_its_configs(tmp_path: Path, library: ModelLibrary) -> None:
    known, path = KnownModels(tmp_path / "models.json"), tmp_path / "one.safetensors"
    configs = {"unet": {"sizes": [1, 2.5, None, True], "nested": {"text": "é"}}, "vae": {"pair": (1, 2)}}
    single = SingleFile(path, {"unet": ["diffusers", "UNet2DConditionModel"]}, configs, {"unet": PartSource(path, "unet.")})
    known.add(replace(library.judged(model_folder(tmp_path / "a"), tmp_path), path=path, single=single))
    known.keep([path])
    assert [each.model.single for each in KnownModels(tmp_path / "models.json").load()] == [single]


def test_weights_are_counted_from_headers(tmp_path: Path, library: ModelLibrary) -> None:
    model = library.judged(model_folder(tmp_path / "a"), tmp_path)
    weights = weights_of(model)
    assert weights.numbers == {"unet": 10, "vae": 10, "text_encoder": 10}
    assert weights.precision == "fp32"
    assert weights.disk == sum(path.stat().st_size for path in model.path.rglob("*.safetensors"))
    half, single = (Hardware("cpu", "", 0, 0, itemsize) for itemsize in (2, 4))
    assert weights.memory(model, half) < weights.memory(model, single)


def test_equal_weights_have_equal_marks(tmp_path: Path, library: ModelLibrary) -> None:
    models = [library.judged(model_folder(tmp_path / name), tmp_path) for name in "abc"]
    write_weights(models[2].path / UNET, data=bytes(31) + b"x")
    marks = [weights_of(model).mark for model in models]
    assert marks[0] == marks[1] != marks[2]


def test_a_file_that_is_no_model_is_told_apart(tmp_path: Path, library: ModelLibrary) -> None:
    path = tmp_path / "style.safetensors"
    down = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}
    up = {"dtype": "F32", "shape": [2, 1], "data_offsets": [24, 32]}
    write_weights(path, {"lora_unet_a.lora_down.weight": down, "lora_unet_a.lora_up.weight": up})
    assert isinstance(library.judged(path, tmp_path).problem, NotAModel)


def test_a_folder_of_five_hundred_models_is_listed_from_what_is_known(tmp_path: Path, library: ModelLibrary) -> None:
    folder = tmp_path / "models"
    paths = [file(folder / f"{number}.ckpt", number + 1) for number in range(500)]
    known = KnownModels(tmp_path / "models.json")
    for path in paths:
        known.add(library.judged(path, folder))
    assert all(known.get(path) for path in listing(folder).models)
    known.keep(paths)
    assert len(json.loads((tmp_path / "models.json").read_bytes())["models"]) == 500

"""The model library reads the capabilities of models without torch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.diffusion.families import STABLE_DIFFUSION
from desktop.diffusion.families.description import Traits
from desktop.diffusion.recipe import ModelReference, Recipe
from desktop.diffusion.samplers import sampler, unfit
from desktop.errors import (
    ModelDamaged,
    ModelIncomplete,
    ModelMissing,
    ModelRefused,
    ModelUnknown,
    OutOfRange,
    SafelightError,
    StarterDamaged,
)
from desktop.library.models import Model, ModelLibrary
from desktop.resources import STARTER

from .kits import UNET, change_json, model_folder

ROOT = Path(__file__).parent.parent


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(STARTER, [], tmp_path / "cache/fingerprints.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model_folder(tmp_path / "dreamy")


def starter_copy(tmp_path: Path) -> Path:
    return shutil.copytree(STARTER, tmp_path / "starter")


def test_the_starter_is_there_with_its_facts(library: ModelLibrary) -> None:
    starter = library.find("starter")
    assert library.models == (starter,)
    assert library.starter is starter
    assert (starter.bundled, starter.problem) == (True, None)
    assert (starter.size, starter.multiple, starter.token_limits) == (256, 16, (32,))
    assert (starter.guidance, starter.sampler, starter.languages) == (3.5, "DDIM", ("en", "zh"))
    assert starter.family is STABLE_DIFFUSION
    assert starter.traits == Traits(prediction="v_prediction", zero_snr=True, spacing="trailing")


def test_another_models_facts_come_from_its_folder(library: ModelLibrary, folder: Path) -> None:
    model = library.open(folder)
    assert library.find("dreamy") is model
    assert (model.size, model.multiple, model.token_limits, model.guidance) == (512, 8, (77,), 7.5)
    assert (model.sampler, model.languages, model.bundled) == ("PNDM", ("en",), False)


def test_a_real_folder_of_diffusers_opens(library: ModelLibrary, tmp_path: Path) -> None:
    from .tiny import SIDE, TOKENS, save_folder

    for kind, own in (("epsilon", "PNDM"), ("lcm", "LCM")):
        model = library.open(save_folder(tmp_path / kind, kind))
        assert (model.size, model.token_limits, model.sampler) == (SIDE, (TOKENS,), own)
        assert library.verified(model)


@pytest.mark.parametrize(("size", "multiple", "most"), [(128, 8, 512), (256, 16, 1024), (512, 8, 2048), (768, 64, 2048)])
def test_sides_end_where_the_model_would_draw_a_mush(size: int, multiple: int, most: int) -> None:
    model = Model("a", Path("a"), size=size, multiple=multiple)
    assert model.most_side == most
    Recipe.of(width=most, height=size).check(multiple, model.most_side)
    with pytest.raises(OutOfRange):
        Recipe.of(width=most + multiple, height=size).check(multiple, model.most_side)


def test_a_whole_clips_text_limit_counts(library: ModelLibrary, folder: Path) -> None:
    change_json(
        folder / "text_encoder/config.json", model_type="clip", max_position_embeddings=9, text_config={"max_position_embeddings": 40}
    )
    assert library.open(folder).token_limits == (40,)


def test_a_tokenizer_without_a_limit_takes_the_text_encoders(library: ModelLibrary, folder: Path) -> None:
    change_json(folder / "tokenizer/tokenizer_config.json", model_max_length=10**30)
    assert library.open(folder).token_limits == (77,)


@pytest.mark.parametrize(("native", "blocks"), [(16, 4), (64, 4), (96, 4), (8, 4), (32, 3), (32, 5)])
def test_every_size_on_offer_can_be_made(library: ModelLibrary, folder: Path, native: int, blocks: int) -> None:
    change_json(folder / "unet/config.json", sample_size=native)
    change_json(folder / "vae/config.json", block_out_channels=[8] * blocks)
    model = library.open(folder)
    assert (model.sizes[0].width, model.sizes[0].height) == (model.size, model.size)
    for size in model.sizes:
        Recipe.of(width=size.width, height=size.height).check(model.multiple)
        assert size.width * size.height <= 1.4 * model.size**2
    assert any(size.width < size.height for size in model.sizes) or model.size == 64
    assert any(size.width > size.height for size in model.sizes) or model.size == 64


@pytest.mark.parametrize(
    ("scheduler", "config", "expected"),
    [
        ("DDIMScheduler", {}, "DDIM"),
        ("PNDMScheduler", {"skip_prk_steps": True}, "PNDM"),
        ("EulerDiscreteScheduler", {}, "Euler"),
        ("EulerAncestralDiscreteScheduler", {}, "Euler a"),
        ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}, "DPM++ 2M"),
        ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True}, "DPM++ 2M Karras"),
        ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}, "DPM++ 2M SDE"),
        ("UniPCMultistepScheduler", {}, "UniPC"),
        ("LMSDiscreteScheduler", {}, "LMS"),
        ("HeunDiscreteScheduler", {}, "Heun"),
        ("LCMScheduler", {}, "LCM"),
        ("SASolverScheduler", {}, "SA-Solver"),
        ("KDPM2DiscreteScheduler", {}, "DDIM"),
        ("LMSDiscreteScheduler", {"rescale_betas_zero_snr": True}, "DDIM"),
    ],
)
def test_the_default_sampler_is_the_models_own_where_it_fits(
    library: ModelLibrary, folder: Path, scheduler: str, config: dict, expected: str
) -> None:
    change_json(folder / "model_index.json", scheduler=["diffusers", scheduler])
    (folder / "scheduler/scheduler_config.json").write_text("{}")
    change_json(folder / "scheduler/scheduler_config.json", _class_name=scheduler, **config)
    model = library.open(folder)
    assert model.sampler == expected
    assert unfit(sampler(model.sampler), model.traits) is None


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("unet", {"sample_size": 0}),
        ("unet", {"sample_size": None}),
        ("unet", {"sample_size": 10**9}),
        ("unet", {"sample_size": "64"}),
        ("unet", {"sample_size": True}),
        ("unet", {"sample_size": [64, 64]}),
        ("vae", {"block_out_channels": []}),
        ("vae", {"block_out_channels": 4}),
        ("vae", {"block_out_channels": [1] * 1000}),
        ("text_encoder", {"max_position_embeddings": -77}),
        ("tokenizer", {"model_max_length": "long"}),
        ("tokenizer", {"model_max_length": float("nan")}),
    ],
)
def test_a_configuration_that_makes_no_sense_is_named(library: ModelLibrary, folder: Path, part: str, changes: dict) -> None:
    file = "tokenizer/tokenizer_config.json" if part == "tokenizer" else f"{part}/config.json"
    change_json(folder / file, **changes)
    with pytest.raises(ModelDamaged, match=file):
        library.open(folder)
    assert len(library.models) == 1


def test_names_are_unique(library: ModelLibrary, tmp_path: Path) -> None:
    folders = [model_folder(tmp_path / parent / "dreamy") for parent in "abc"] + [model_folder(tmp_path / "d/starter")]
    names = [library.open(folder).name for folder in folders]
    assert names == ["dreamy", "dreamy (2)", "dreamy (3)", "starter (2)"]
    again = ModelLibrary(STARTER, library.opened, tmp_path / "f.json")
    assert [model.name for model in again.models] == ["starter", *names]


def test_a_model_of_the_hugging_face_cache_has_its_own_name(library: ModelLibrary, tmp_path: Path) -> None:
    assert library.open(model_folder(tmp_path / "models--somebody--tiny-sd/snapshots/0a1b")).name == "tiny-sd"


@pytest.mark.slow
def test_a_name_is_fit_to_be_shown(library: ModelLibrary, tmp_path: Path) -> None:
    assert library.open(model_folder(tmp_path / "狐狸 \u202e\n<b>x")).name == "狐狸 <b>x"


def test_opening_a_folder_twice_lists_it_once(library: ModelLibrary, folder: Path, tmp_path: Path) -> None:
    library.open(folder)
    change_json(folder / "unet/config.json", sample_size=96)
    (tmp_path / "link").symlink_to(folder)
    assert library.open(tmp_path / "link").size == 768
    assert [model.name for model in library.models] == ["starter", "dreamy"]
    assert library.open(STARTER) is library.starter


def test_a_wish_is_a_name_or_a_folder(library: ModelLibrary, folder: Path) -> None:
    assert library.wanted("starter") is library.starter
    opened = library.wanted(str(folder))
    assert library.wanted(opened.name) is opened
    with pytest.raises(ModelUnknown):
        library.wanted("dreams")
    with pytest.raises(ModelMissing):
        library.wanted(str(folder / "nowhere"))


def test_a_vanished_folder_stays_listed_with_the_reason(tmp_path: Path, folder: Path) -> None:
    gone = tmp_path / "gone"
    library = ModelLibrary(STARTER, [gone, folder], tmp_path / "f.json")
    assert [model.name for model in library.models] == ["starter", "gone", "dreamy"]
    model = library.find("gone")
    assert isinstance(model.problem, ModelMissing)
    with pytest.raises(ModelMissing):
        library.verified(model)
    model_folder(gone)
    assert library.open(gone).problem is None
    assert library.verified(library.find("gone"))


def test_a_folder_that_vanishes_later_says_so_on_use(library: ModelLibrary, folder: Path) -> None:
    model = library.open(folder)
    shutil.rmtree(folder)
    assert library.find("dreamy") is model
    with pytest.raises(ModelMissing):
        library.verified(model)


def test_verifying_returns_the_fingerprint_and_detects_later_changes(library: ModelLibrary, folder: Path) -> None:
    model = library.open(folder)
    before = library.verified(model)
    assert library.verified(model) == before
    data = bytearray((folder / UNET).read_bytes())
    data[-1] ^= 1
    (folder / UNET).write_bytes(data)  # as many bytes as before
    assert library.verified(model) != before
    (folder / UNET).rename(folder / "unet/diffusion_pytorch_model.bin")
    for _ in range(2):
        with pytest.raises(ModelRefused):
            library.verified(model)
    data[-1] ^= 1
    (folder / UNET).write_bytes(data)
    assert library.verified(model) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: shutil.rmtree(folder),
        lambda folder: (folder / UNET).unlink(),
        lambda folder: (folder / UNET).write_bytes((folder / UNET).read_bytes()[:1000]),
        lambda folder: (folder / "model_index.json").write_text("{"),
        lambda folder: (folder / "unet/config.json").write_text("{}"),
        lambda folder: change_json(folder / "model_index.json", _class_name="FluxPipeline"),
        lambda folder: (folder / UNET).rename(folder / "unet/diffusion_pytorch_model.bin"),
        lambda folder: (folder / "unet/config.json").unlink(),
    ],
)
def test_a_damaged_starter_says_so_and_names_the_file(tmp_path: Path, harm) -> None:
    folder = starter_copy(tmp_path)
    harm(folder)
    library = ModelLibrary(folder, [], tmp_path / "f.json")
    assert library.starter.problem is None or isinstance(library.starter.problem, StarterDamaged)
    with pytest.raises(StarterDamaged) as raised:
        library.verified(library.starter)
    assert "{" not in str(raised.value)


def test_opening_a_bad_folder_changes_nothing(library: ModelLibrary, folder: Path) -> None:
    (folder / UNET).unlink()
    with pytest.raises(ModelIncomplete):
        library.open(folder)
    assert library.models == (library.starter,)


def test_a_model_that_cannot_be_used_has_harmless_facts() -> None:
    model = Model("gone", Path("gone"), problem=SafelightError(problem="?"))
    assert model.sizes[0].width == 512


def test_the_library_needs_neither_torch_nor_numpy(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from desktop.library.models import ModelLibrary
from desktop.library.tokens import TokenMeter
from desktop.library.settings import SettingsFile
from desktop.library.drafts import DraftsFile
library = ModelLibrary(Path({str(STARTER)!r}), [], Path({str(tmp_path / "f.json")!r}))
library.verified(library.starter)
TokenMeter.of(library.starter).count("a mouse is playing guitar")
assert not {{"torch", "numpy", "transformers", "diffusers", "safetensors", "PySide6"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)


def test_a_reference_means_the_same_weights_wherever_they_are(library: ModelLibrary, folder: Path, tmp_path: Path) -> None:
    model, other = library.open(folder), library.open(model_folder(tmp_path / "other/renamed"))
    change_json(other.path / "scheduler/scheduler_config.json", beta_end=0.02)
    fingerprint = library.verified(other)
    assert library.of(ModelReference("dreamy")) is model
    assert library.of(ModelReference("dreamy", fingerprint)) is other
    assert library.of(ModelReference("renamed", "unknown")) is other
    with pytest.raises(ModelUnknown):
        library.of(ModelReference("gone", "unknown"))

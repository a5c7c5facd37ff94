"""The desk: freeing memory, and showing pictures with their steps."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from desktop.diffusion import branching
from desktop.diffusion.recipe import ModelReference, Recipe, Turn
from desktop.diffusion.run import Ending, Pixels, Run
from desktop.errors import RecipeNewer, TextWithoutRecipe
from desktop.generate import RunMaker, artwork_of
from desktop.library import inspection
from desktop.library.adapters import AdapterLibrary
from desktop.library.artwork import open_artwork, save, writable
from desktop.library.foreign import a1111
from desktop.library.journal import Journal
from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.library.trash import TrashFolder
from desktop.machine import LocalMachine
from desktop.studio.desk import Desk
from desktop.studio.held_runs import HeldRuns
from desktop.studio.loras import Loras
from desktop.studio.notices import Notices
from desktop.studio.pictures import Pictures, Recent, SaveChoices
from desktop.studio.run_archive import RunArchive
from desktop.studio.timeline import Timeline
from desktop.studio.trash import Trash
from desktop.studio.undo import Undo
from desktop.worker import Worker
from tests import tiny
from tests.developed import branched, developed
from tests.foreign_pictures import COMFYUI, png
from tests.kits import UNET, change_json, model_folder
from tests.loras import pair
from tests.scripted_machine import ScriptedMachine
from tests.single import header_only


@pytest.fixture
def told():
    return []


@pytest.fixture
def machine():
    return ScriptedMachine()


@pytest.fixture
def desk(tmp_path, machine, work, told):
    notices, held = Notices(), HeldRuns(1 << 30)
    notices.listen(lambda notice: told.append(notice.template.format(**notice.values)))
    timeline = Timeline(held)
    models = ModelLibrary(model_folder(tmp_path / "starter"), [model_folder(tmp_path / "dreamy")], tmp_path / "fingerprints.json")
    maker = RunMaker(machine, tmp_path / "recordings")
    archive = RunArchive(Recordings(tmp_path / "recordings", 1 << 30), models, work, timeline, held, notices)
    undo = Undo(notices)
    pictures = Pictures(notices, undo, tmp_path)
    trash = Trash(TrashFolder(tmp_path / "trash"), archive._recordings, work, held, notices, undo)
    desk = Desk(maker, timeline, work, held, pictures, archive, trash, models, notices, lambda: desk.chosen)
    desk.timeline, desk.pictures, desk.models, desk.chosen = timeline, pictures, models, models.starter
    return desk


async def test_the_memory_of_the_model_is_freed_with_a_notice(desk, machine, work, told):
    await desk.free_memory()
    assert machine.freed == 1
    assert told == ["The model is unloaded; the next picture loads it again."]
    told.clear()
    work.running = True
    await desk.free_memory()
    assert machine.freed == 2
    assert told[0] == "The memory will be freed when the current run ends or pauses."
    assert len(told) == 2


@pytest.mark.slow
async def test_a_picture_that_had_no_place_is_found_with_its_steps_once_it_has_one(desk, tmp_path, told):
    run = developed(4)
    run.ending = Ending.FAILED  # the disk was full
    desk.timeline.show(run)
    await desk.save_step(run, 4, tmp_path / "a.png")
    assert told == ["Saved as a.png."]
    assert (run.path, run.ending) == (tmp_path / "a.png", Ending.FINISHED)
    [summary] = Recordings(tmp_path / "recordings", 0).all()
    assert (summary.id, summary.ending) == (run.id, Ending.FINISHED)


@pytest.fixture
def owl(tmp_path):
    run = developed(4)
    run.path = tmp_path / "pictures" / "080000-7-owl.png"
    return run


@pytest.mark.parametrize("suffix", writable())
@pytest.mark.parametrize("with_recipe", [True, False])
async def test_every_format_with_and_without_recipe(desk, owl, tmp_path, suffix, with_recipe):
    path = tmp_path / f"saved{suffix}"
    await desk.save_step(owl, 4, path, SaveChoices(suffix, 80, with_recipe))
    assert open_artwork(path).recipe == (owl.recipe if with_recipe else None)
    with Image.open(path) as image:
        assert image.size == (64, 64)
        assert not with_recipe or suffix == ".png" or image.getexif()


async def test_a_lower_quality_makes_a_smaller_file(desk, owl, tmp_path):
    for quality in (20, 95):
        await desk.save_step(owl, 4, tmp_path / f"{quality}.jpg", SaveChoices(".jpg", quality, False))
    assert (tmp_path / "20.jpg").stat().st_size < (tmp_path / "95.jpg").stat().st_size


async def test_the_suggested_name_tells_the_step_and_is_free(desk, owl):
    folder = desk.pictures.folder
    assert await desk.where_to_save(owl, 4) == folder / "080000-7-owl.png"
    folder.mkdir(exist_ok=True)
    (folder / "080000-7-owl-step-2.png").touch()
    assert await desk.where_to_save(owl, 2) == folder / "080000-7-owl-step-2-2.png"
    owl.path = None
    suggested = await desk.where_to_save(owl, 2)
    assert suggested.name.endswith("-781204113-a red apple-step-2.png")


async def test_choices_and_folder_are_kept_for_the_next_picture(desk, owl, tmp_path):
    told = []
    desk.pictures.save_choices_changed.connect(told.append)
    desk.pictures.remember(SaveChoices(".webp", 70, True), tmp_path / "elsewhere")
    desk.pictures.remember(SaveChoices(".webp", 70, True), tmp_path / "elsewhere")
    assert told == [SaveChoices(".webp", 70, True)]
    assert await desk.where_to_save(owl, 4) == tmp_path / "elsewhere" / "080000-7-owl.webp"


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
async def test_a_picture_of_a_branch_restores_its_recipe_with_the_branch(desk, tmp_path, told, name):
    run = branched(developed(4), 2, prompt="a pear")
    restored = []
    desk.recipe_opened.connect(restored.append)
    await desk.take_recipe(save(artwork_of(run), tmp_path / name))
    assert restored == [run.recipe]
    assert restored[0].turns == (Turn(2, {"prompt": "a pear"}),)
    assert told == [f"The recipe of {name} is restored."]


def change_weights(folder: Path) -> None:
    data = bytearray((folder / UNET).read_bytes())
    data[-1] ^= 1
    (folder / UNET).write_bytes(data)


@pytest.mark.parametrize(
    ("name", "same_weights", "restored", "expected"),
    [
        ("dreamy", True, "dreamy", []),
        ("renamed", True, "dreamy", []),
        (
            "dreamy",
            False,
            "dreamy",
            ["The model dreamy here has other weights than the one that made a.png: Generate makes another picture."],
        ),
        ("renamed", False, "starter", ["The recipe of a.png is restored, except for: Model: renamed."]),
    ],
)
async def test_the_model_of_a_recipe_is_found_by_its_weights(desk, tmp_path, told, name, same_weights, restored, expected):
    change_weights(tmp_path / "dreamy")
    fingerprint = desk.models.verified(desk.models.find("dreamy"))
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    recipe = replace(developed(1).recipe, model=ModelReference(name, fingerprint if same_weights else "other"))
    await desk.take_recipe(save(replace(artwork_of(developed(1)), recipe=recipe), tmp_path / "a.png"))
    assert [recipe.model.name for recipe in recipes] == [restored]
    assert [each for each in told if each != "The recipe of a.png is restored."] == expected


async def test_a_model_is_found_by_weights_that_an_earlier_start_read(desk, tmp_path):
    change_weights(tmp_path / "dreamy")
    fingerprint = desk.models.verified(desk.models.find("dreamy"))
    again = ModelLibrary(tmp_path / "starter", [tmp_path / "dreamy"], tmp_path / "fingerprints.json")
    assert again.of(ModelReference("starter", fingerprint)).name == "dreamy"
    change_weights(tmp_path / "dreamy")
    again = ModelLibrary(tmp_path / "starter", [tmp_path / "dreamy"], tmp_path / "fingerprints.json")
    assert again.of(ModelReference("starter", fingerprint)).name == "starter"


@pytest.fixture
def maker(desk):
    worker = Worker()
    yield RunMaker(LocalMachine(worker, desk.models))
    worker.close()
    assert worker.join(5)


def record_with(model: ModelReference, folder: Path) -> Run:
    run = developed(4)
    run.recipe = replace(run.recipe, model=model)
    return recorded(run, folder)


async def test_a_recorded_run_whose_model_has_another_name_now_can_branch(desk, maker, tmp_path):
    change_weights(tmp_path / "dreamy")
    fingerprint = desk.models.verified(desk.models.find("dreamy"))
    run = await desk.archive.open(record_with(ModelReference("before", fingerprint), tmp_path).id)
    assert (run.recipe.model.name, run.recipe.model.fingerprint) == ("dreamy", fingerprint)
    assert maker.forbidden(run, 1, {"prompt": "a pear"}) is None
    assert run.fork(1, run.recipe.turned(1, prompt="a pear")).recipe.model == run.recipe.model


async def test_a_run_in_memory_can_branch_once_its_model_is_opened_under_another_name(desk, maker, tmp_path):
    folder = model_folder(tmp_path / "now")
    change_weights(folder)
    fingerprint = inspection.fingerprint(folder, tmp_path / "fingerprints.json")
    run = await desk.archive.open(record_with(ModelReference("before", fingerprint), tmp_path).id)
    assert maker.forbidden(run, 1, {"prompt": "a pear"}) == branching.NO_MODEL
    desk.models.open(folder)
    await desk.archive.name_models()
    assert run.recipe.model.name == "now"
    assert maker.forbidden(run, 1, {"prompt": "a pear"}) is None


FIELDS = "Prompt, Things to avoid, Steps, Sampler, Guidance, Seed, Width, Height"


@pytest.mark.parametrize(
    ("name", "restored", "said"),
    [
        ("Dreamy.safetensors", "dreamy", f"{FIELDS}, Model. Not restored: LoRA: ink 0.7."),
        ("other.safetensors", "starter", f"{FIELDS}. Not restored: Model: other, LoRA: ink 0.7."),
    ],
)
async def test_a_picture_of_another_program_restores_its_recipe_with_the_model_of_that_name(desk, tmp_path, told, name, restored, said):
    graph = json.loads(json.dumps(COMFYUI))
    graph["4"]["inputs"]["ckpt_name"] = name
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    await desk.take_recipe(png(prompt=graph)(tmp_path))
    [recipe] = recipes
    assert (recipe.model.name, recipe.prompt.text, recipe.sampling.sampler) == (restored, "a fox", "DPM++ 2M Karras")
    assert told == [f"Restored from a recipe of ComfyUI: {said}"]
    assert desk.timeline.pixels.width == 64


async def test_without_its_model_a_recipe_is_fitted_to_the_chosen_one(desk, tmp_path, told):
    change_json(tmp_path / "dreamy/scheduler/scheduler_config.json", rescale_betas_zero_snr=True)
    desk.chosen = desk.models.open(tmp_path / "dreamy")
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    await desk.take_text("a fox\nSteps: 24, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1, Model: other")
    assert (recipes[0].model.name, recipes[0].size.width) == ("dreamy", desk.chosen.size)
    assert told == [
        "Restored from a recipe of A1111: Prompt, Things to avoid, Steps, Guidance, Seed. "
        "Not restored: Width, Height, Model: other, Sampler: DPM++ 2M Karras."
    ]


async def test_the_refiner_of_a_recipe_is_found_here_or_left_out(desk, tmp_path, told):
    tiny.refiner(is_shallow=True).save_pretrained(tmp_path / "sd_xl_refiner_1.0")
    refiner = desk.models.open(tmp_path / "sd_xl_refiner_1.0")
    text = (
        "a fox\nSteps: 24, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512, Model: dreamy, "
        "Refiner: sd_xl_refiner_1.0 [7440042bbd], Refiner switch at: 0.65"
    )
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    await desk.take_text(text)
    assert (recipes[0].refiner.name, recipes[0].sampling.refine_from) == ("sd_xl_refiner_1.0", 65)
    assert "Refiner" not in told[0]
    desk.models.remove(refiner)
    await desk.take_text(text)
    assert recipes[1] == recipes[0].with_values(refiner="")
    assert told[1].endswith("Not restored: Refiner: sd_xl_refiner_1.0.")


async def test_the_model_of_another_program_is_found_by_the_hash_of_its_file(desk, tmp_path, told):
    change_weights(tmp_path / "dreamy")
    desk.models.verified(desk.models.find("dreamy"))  # reads the weights, as the first run does
    digest = hashlib.sha256((tmp_path / "dreamy" / UNET).read_bytes()).hexdigest()
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    await desk.take_text(f"a fox\nSteps: 24, Sampler: Euler, Seed: 1, Size: 510x4096, Model hash: {digest[:10]}, Model: renamed")
    assert recipes[0].model.name == "dreamy"
    assert told == [
        "Restored from a recipe of A1111: Prompt, Things to avoid, Steps, Sampler, Seed, Model. "
        "Not restored: Guidance, Height: 4096, Width: 510."
    ]
    assert recipes[0].sampling.guidance_scale == desk.models.find("dreamy").guidance


async def test_a_text_that_is_restored_in_full_is_told(desk, told):
    text = "a fox\nSteps: 24, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512, Model: dreamy, Version: v1.10.1"
    await desk.take_text(text)
    assert told == ["The recipe of A1111 is restored. Programs compute differently, so Generate makes a similar picture, not the same."]


async def test_a_text_of_ours_is_restored_as_it_is(desk, told):
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    recipe = developed(1).recipe.with_values(model="dreamy", prompt="a <lora:b:1> (c")
    await desk.take_text(a1111.write(recipe))
    assert (recipes, told) == ([recipe], ["The recipe is restored."])


async def test_loras_of_another_program_are_found_by_hash_or_listed(desk, tmp_path, told):
    path = header_only(tmp_path / "felt.safetensors", pair("lora_unet_a", 8, 8))
    library = AdapterLibrary([path], [], tmp_path / "loras.json")
    [felt] = library.read()
    identity = library.identified(felt)
    desk._loras = Loras(library, lambda folder: None, Notices(), Undo(Notices()))
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    await desk.take_text(
        "a fox <lora:other name:0.7> <lora:gone:0.5>\nSteps: 24, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512, Model: dreamy, "
        f'Lora hashes: "other name: {identity.short_hash}, gone: 0123456789ab", Version: v1.10.1'
    )
    [recipe] = recipes
    assert [(each.name, each.weight, each.fingerprint) for each in recipe.adapters] == [
        ("felt", 0.7, identity.fingerprint),
        ("gone", 0.5, ""),
    ]
    assert told[0].endswith("Not restored: LoRA: gone 0.5.")


async def test_embeddings_of_a_recipe_that_are_missing_are_told(desk, tmp_path, told):
    path = header_only(tmp_path / "here.safetensors", {"emb_params": (2, 768)})
    library = AdapterLibrary([path], [], tmp_path / "loras.json")
    [here] = library.read()
    digest = library.identified(here).short_hash
    desk._loras = Loras(library, lambda folder: None, Notices(), Undo(Notices()))
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    await desk.take_text(
        "a fox, easy\nNegative prompt: gone\nSteps: 24, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512, Model: dreamy, "
        f'TI hashes: "easy: {digest}, gone: 0123456789ab", Version: v1.10.1'
    )
    [recipe] = recipes
    assert [(each.name, bool(each.fingerprint)) for each in recipe.embeddings] == [("easy", True), ("gone", False)]
    assert told[0].endswith("Not restored: Embeddings: gone.")


@pytest.mark.parametrize("text", ["", "a fox in the snow", "a: b, c: d, e: f", "{}", "Steps: 20"])
async def test_a_text_without_a_recipe_is_told_and_changes_nothing(desk, text):
    recipes = []
    desk.recipe_opened.connect(recipes.append)
    with pytest.raises(TextWithoutRecipe):
        await desk.take_text(text)
    assert recipes == []


async def test_a_recipe_of_a_newer_version_is_named_as_such_and_its_picture_is_shown(desk, tmp_path, monkeypatch):
    run, to_dict = developed(4), Recipe.to_dict
    monkeypatch.setattr(Recipe, "to_dict", lambda recipe: to_dict(recipe) | {"schema": 6})
    with pytest.raises(RecipeNewer, match=r"a.png was written by a newer Safelight"):
        await desk.take_recipe(save(artwork_of(run), tmp_path / "a.png"))
    assert desk.timeline.run.picture == run.picture


async def test_a_recent_picture_comes_with_the_steps_that_were_recorded(desk, tmp_path, told):
    run = developed(4)
    run.path = tmp_path / "a.png"
    Journal.begin(tmp_path / "recordings", run).close()
    await desk.show_recent(Recent(run.path))
    assert len(desk.timeline.steps) == 5
    assert desk.timeline.run.id == run.id
    await desk.archive.pin(desk.timeline.run, True)
    assert told == ["This recording is pinned: it is kept even when recordings reach their limit."]


async def test_a_half_shows_a_recent_picture_with_its_steps_or_a_file_alone(desk, tmp_path):
    shown, run = developed(4), recorded(developed(4), tmp_path)
    desk.timeline.show(shown)
    await desk.compare_recent(Recent(run.path, None), 1)
    assert (desk.timeline.run, desk.timeline.compare.id, len(desk.timeline.compare.steps)) == (shown, run.id, 5)
    Image.new("RGB", (8, 8), (1, 2, 3)).save(tmp_path / "foreign.png")
    await desk.compare_recent(Recent(tmp_path / "foreign.png", None), 0)
    assert desk.timeline.pixels.data[:3] == bytes((1, 2, 3))
    assert desk.timeline.compare.id == run.id


def recorded(run: Run, folder: Path) -> Run:
    """`run`, with its picture saved in `folder` and its recording on disk."""
    run.saved_as(save(artwork_of(run), folder / "a.png"))
    Journal.begin(folder / "recordings", run).close()
    return run


@pytest.mark.parametrize("name", ["a.png", "elsewhere.png", "a.jpg", "a.webp"])
async def test_an_opened_picture_is_shown_with_the_steps_of_its_run_wherever_it_is_now(desk, tmp_path, name):
    run = recorded(developed(4), tmp_path)
    path = tmp_path / name
    if path.suffix == ".png":
        run.path.rename(path)
    else:
        save(artwork_of(run), path)
    await desk.take_recipe(path)
    assert (desk.timeline.run.id, len(desk.timeline.steps), desk.timeline.index) == (run.id, 5, 4)
    assert desk.timeline.run.path == (path if name == "elsewhere.png" else tmp_path / "a.png")
    assert desk.timeline.pixels == run.picture


async def test_a_recent_picture_that_was_renamed_is_shown_with_its_steps(desk, tmp_path):
    run = recorded(developed(4), tmp_path)
    await desk.show_recent(Recent(run.path.rename(tmp_path / "b.png")))
    assert (desk.timeline.run.id, len(desk.timeline.steps)) == (run.id, 5)


async def test_a_saved_step_is_shown_in_its_run(desk, tmp_path):
    run = recorded(developed(4), tmp_path)
    await desk.take_recipe(save(artwork_of(run, 2, run.steps[2].estimate), tmp_path / "step.png"))
    assert (desk.timeline.run.id, desk.timeline.index, len(desk.timeline.steps)) == (run.id, 2, 5)
    assert desk.timeline.run.path == tmp_path / "a.png"


async def test_a_picture_of_a_branch_is_shown_with_its_whole_tree(desk, tmp_path):
    parent = recorded(developed(4), tmp_path)
    branch = branched(parent, 2, prompt="a pear")
    branch.saved_as(save(artwork_of(branch), tmp_path / "b.png"))
    Journal.begin(tmp_path / "recordings", branch).close()
    await desk.take_recipe(branch.path)
    assert [lane.run.id for lane in desk.timeline.lanes] == [parent.id, branch.id]
    assert desk.timeline.run.id == branch.id


@pytest.mark.parametrize("id", ["../a", "", "\0", "a" * 300, 7, None, ["a"], "0190163d-8694-7000-8000-000000000000"])
async def test_a_picture_that_names_no_recorded_run_is_shown_alone(desk, tmp_path, told, id):
    recorded(developed(4), tmp_path)
    artwork = artwork_of(developed(4))
    await desk.take_recipe(save(replace(artwork, environment={"run": id}), tmp_path / "b.png"))
    assert desk.timeline.steps == []
    assert desk.timeline.pixels == artwork.pixels
    assert told == ["The recipe of b.png is restored."]


async def test_a_picture_that_is_not_the_one_its_run_made_is_shown_as_it_is(desk, tmp_path):
    run = recorded(developed(4), tmp_path)
    other = Pixels(64, 64, bytes([1, 2, 3]) * 64 * 64)
    await desk.take_recipe(save(replace(artwork_of(run), pixels=other), tmp_path / "other.png"))
    assert (desk.timeline.steps, desk.timeline.pixels) == ([], other)
    with Image.open(run.path) as image:
        texts = PngInfo()
        for keyword, text in image.text.items():
            texts.add_itxt(keyword, text)
        image.putpixel((3, 3), (1, 2, 3))
        image.save(tmp_path / "painted.png", pnginfo=texts)
    await desk.take_recipe(tmp_path / "painted.png")
    assert desk.timeline.steps == []


async def test_a_picture_whose_recording_was_deleted_is_shown_alone(desk, tmp_path, told):
    run = recorded(developed(4), tmp_path)
    Recordings(tmp_path / "recordings", 0).delete(run.id)
    await desk.take_recipe(run.path)
    assert (desk.timeline.steps, desk.timeline.run.path) == ([], run.path)
    assert told == ["The recipe of a.png is restored."]

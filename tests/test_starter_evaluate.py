"""The judge learns to classify, and the tables distinguish a good generator from a bad one."""

from __future__ import annotations

import itertools
import json
import math
import random
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from desktop.diffusion import preview
from desktop.diffusion.preview import PreviewDecoder
from desktop.starter import captions, checkpoint, evaluate, judge
from desktop.starter.evaluate import MEASURES, Subject, difference, prompt, questions, share, table
from desktop.starter.judge import Judge, JudgeTraining, Sight, accuracy, standing
from desktop.starter.perception import Perception
from desktop.starter.pixels import gradient_energy
from desktop.starter.scenes import Studio
from desktop.starter.world import GROUNDS, Arrangement, Scene, World, is_held_out, things
from tests import tiny

torch.set_num_threads(1)

TOYS = things(1)[:3]
GROUNDS_OF_TOYS = [GROUNDS[key] for key in ("white", "black", "yellow")]
SIDE = 64  # px, as the tiny models draw
WIDTHS = (16, 32, 64, 64)


class Toys(World):
    """A world of three things on three grounds: alone, side by side, two or four of one."""

    things = TOYS

    def imagine(self, chance: random.Random) -> Scene:
        arrangement = chance.choice((Arrangement.ONE, Arrangement.BESIDE, Arrangement.SEVERAL))
        shown = tuple(chance.sample(TOYS, 2 if arrangement is Arrangement.BESIDE else 1))
        count = chance.choice((2, 4)) if arrangement is Arrangement.SEVERAL else 1
        return Scene(chance.choice(GROUNDS_OF_TOYS), arrangement, shown, count, None, chance.getrandbits(32))

    held_out = imagine


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cut-outs: a red disc, a blue square and a green triangle for all things in turn."""
    path, shapes = tmp_path_factory.mktemp("judge") / "material.zip", []
    for shape, where, colour in (
        ("ellipse", ((4, 4, 123, 123),), "#e00000"),
        ("rectangle", ((4, 4, 123, 123),), "#1030ff"),
        ("regular_polygon", ((64, 64, 60), 3), "#00c030"),
    ):
        image, file = Image.new("RGBA", (128, 128)), BytesIO()
        getattr(ImageDraw.Draw(image), shape)(*where, fill=colour)
        image.save(file, "webp", lossless=True)
        shapes.append(file.getvalue())
    with ZipFile(path, "w") as packed:
        for thing, shape in zip(things(1), itertools.cycle(shapes)):
            packed.writestr(f"{thing.key}.webp", shape)
    return path


@pytest.fixture(scope="module")
def trained(material: Path) -> Path:
    """The checkpoint of a small judge trained on the toys for a few seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "HELD_OUT", 64)
        training, path = JudgeTraining(Studio(material), Toys(), widths=WIDTHS), material.with_name("judge.pt")
        for _ in itertools.islice(training.train(batch=8, kept=256, report_every=80, side=128), 2):
            checkpoint.save(path, training.state_dict())
    return path


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    chance = random.Random(3)
    return [Toys().imagine(chance) for _ in range(90)]


def painted(material: Path, shown: Sequence[Scene], side: int = 128) -> torch.Tensor:
    studio = Studio(material)
    return torch.from_numpy(np.stack([studio.paint(scene, side) for scene in shown]))


def rows(markdown: str) -> dict[str, list[str]]:
    """The cells of each row of a Markdown table by its first cell."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines() if line.startswith("|")]
    return {first: rest for first, *rest in cells if not first.startswith("---")}


def percent(cell: str) -> float:
    return float(cell.partition("%")[0])


@pytest.mark.slow
def test_the_judge_learns_to_classify_pictures(material: Path, trained: Path, scenes: list[Scene]) -> None:
    pictures = painted(material, scenes)
    assert min(accuracy(Judge.load(trained), scenes, pictures).values()) >= 0.8
    untaught = JudgeTraining(Studio(material), Toys(), widths=WIDTHS).judge
    assert max(accuracy(untaught, scenes, pictures).values()) < 0.6


@pytest.mark.slow
def test_the_judge_tolerates_size_blur_and_noise(material: Path, trained: Path, scenes: list[Scene]) -> None:
    pictures = painted(material, scenes, side=256).float()
    soft = torch.nn.functional.avg_pool2d(pictures.permute(0, 3, 1, 2), 3, 1, 1).permute(0, 2, 3, 1)
    noisy = soft + 12 * torch.randn(soft.shape, generator=torch.Generator().manual_seed(0))
    assert min(accuracy(Judge.load(trained), scenes, noisy.round().clamp(0, 255).to(torch.uint8)).values()) >= 0.7


@pytest.mark.slow
def test_the_training_of_a_judge_resumes_from_its_checkpoint(material: Path, trained: Path, scenes: list[Scene]) -> None:
    again = JudgeTraining(Studio(material), Toys(), widths=WIDTHS)
    again.load_state_dict(checkpoint.load(trained))
    assert again.course.samples == 1280
    pictures = painted(material, scenes)
    assert again.judge.look(pictures) == Judge.load(trained).look(pictures)


@pytest.mark.parametrize(
    ("arrangement", "shown", "count", "expected"),
    [(Arrangement.ALONE_GROUND, 0, 0, 0), (Arrangement.ONE, 1, 1, 1), (Arrangement.SEVERAL, 1, 3, 3), (Arrangement.WITH, 2, 1, 2)],
)
def test_a_scene_is_counted_by_the_things_it_shows(arrangement: Arrangement, shown: int, count: int, expected: int) -> None:
    assert standing(Scene(GROUNDS["beach"], arrangement, TOYS[:shown], count, None, 1)) == expected


@pytest.mark.slow
def test_a_perfect_generator_scores_like_renders(material: Path, trained: Path, scenes: list[Scene]) -> None:
    knowing = Judge.load(trained)
    right = knowing.look(painted(material, scenes))
    told = rows(table(scenes, {"en": right, "zh": right}, scenes, {"renders": right}))
    for measure in MEASURES:
        n, english, chinese, apart, renders, goal, met = told[measure.name]
        assert english == chinese == renders
        assert percent(english) >= 75
        assert apart.startswith("+0.0")
        assert int(n) == sum(scene.arrangement in measure.asked for scene in scenes)
        assert met == ("yes" if goal and percent(english) / 100 >= measure.goal else "" if not goal else "no")


@pytest.mark.slow
def test_pictures_of_other_scenes_score_low(material: Path, trained: Path, scenes: list[Scene]) -> None:
    """Every picture shows another thing, count and ground than its scene."""
    knowing = Judge.load(trained)
    thing, ground = ({one: few[(place + 1) % 3] for place, one in enumerate(few)} for few in (TOYS, GROUNDS_OF_TOYS))
    swapped = [
        Scene(
            ground[scene.ground],
            scene.arrangement,
            tuple(thing[one] for one in scene.things),
            6 - scene.count if scene.arrangement is Arrangement.SEVERAL else 1,
            None,
            scene.seed,
        )
        for scene in scenes
    ]
    right, wrong = (knowing.look(painted(material, shown)) for shown in (scenes, swapped))
    told = rows(table(scenes, {"en": right, "zh": wrong}, scenes, {"renders": right}))
    for measure in MEASURES:
        _, english, chinese, apart, _, _, met = told[measure.name]
        assert percent(chinese) <= (45 if measure.asked is evaluate.TWO else 15)  # one of two things is right in some pictures
        assert float(apart.split()[0]) == pytest.approx(percent(chinese) - percent(english), abs=0.11)
        assert met in ("", "no")


def test_a_thing_that_was_not_asked_for_is_counted() -> None:
    scene = Scene(GROUNDS["white"], Arrangement.ONE, TOYS[:1], 1, None, 1)
    both = Sight(frozenset((TOYS[0].key, TOYS[1].key)), 1, "white")
    told = rows(table([scene], {"en": [both], "zh": [both]}, [scene], {"renders": [both]}))
    assert percent(told["Object found (one-object prompts)"][1]) == 100
    assert percent(told["Nothing found that was not asked for"][1]) == 0
    assert told["Right count (two to four of one)"][1:3] == ["–", "–"]


def test_shares_and_differences_have_their_intervals() -> None:
    assert share([True] * 9 + [False]) == "90.0% (60–98)"  # Wilson: 0.5958…0.9821
    assert share([True] * 50) == "100.0% (93–100)"
    one, other = [True] * 8 + [False] * 2, [True] * 6 + [False] * 4
    assert difference(one, other) == "-20.0 (-43…+10)"  # (−2 ± 1.96 √(3 − 4/12)) / 12
    assert difference(one, one) == "+0.0 (-16…+16)"


@pytest.fixture(scope="module")
def asked() -> list[Scene]:
    return questions(World(1))


@pytest.mark.slow
def test_the_questions_are_always_the_same_and_never_seen_in_training(asked: list[Scene]) -> None:
    assert asked == questions(World(1))
    assert all(is_held_out(scene) for scene in asked)
    assert {thing for scene in asked for thing in scene.things} == set(things(1))
    numbers = [scene for scene in asked if scene.arrangement is Arrangement.SEVERAL]
    assert [sum(scene.count == wanted for scene in numbers) for wanted in (2, 3, 4)] == [evaluate.EACH_COUNT] * 3
    assert sum(scene.arrangement is Arrangement.ONE for scene in asked) == evaluate.ALONE
    assert sum(len(scene.things) == 2 for scene in asked) == evaluate.PAIRS
    assert len({(scene.arrangement, scene.things, scene.ground, scene.count) for scene in asked}) == len(asked)


def test_a_question_names_every_thing_and_the_ground_in_both_languages(asked: list[Scene]) -> None:
    for number, scene in itertools.product(range(8), asked):
        english, chinese = (prompt(scene, language, number) for language in captions.LANGUAGES)
        assert any(phrase in english for phrase in (*scene.ground.en, *scene.ground.en_names)), english
        phrases = [
            phrase.removeprefix("在").removesuffix("背景").replace("的", "") for phrase in (*scene.ground.zh, *scene.ground.zh_names)
        ]
        assert any(phrase in chinese.replace("的", "") for phrase in phrases), chinese  # 橘色的背景, 背景是橘色
        for thing in scene.things:
            assert (thing.plural if scene.arrangement is Arrangement.SEVERAL else thing.en) in english
            assert thing.zh in chinese


def test_the_same_thing_is_asked_in_different_wordings(asked: list[Scene]) -> None:
    pairs = [scene for scene in asked if len(scene.things) == 2]
    for number, language in itertools.product(range(0, evaluate.WORDINGS * len(pairs), evaluate.WORDINGS), captions.LANGUAGES):
        pair = pairs[number // evaluate.WORDINGS]
        assert len({prompt(pair, language, number + wording) for wording in range(evaluate.WORDINGS)}) > 2


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny.save_folder(tmp_path_factory.mktemp("model") / "starter", "v_prediction", autoencoder="tiny", zero_snr=True)
    PreviewDecoder(channels=8).save(folder / "preview_decoder")
    (folder / "vocabulary.json").write_text(json.dumps({"en": sorted(captions.words("en", 1))}), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_model_is_asked_in_both_languages_and_timed(
    model: Path, trained: Path, material: Path, asked: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "CHEAP_SECONDS", math.inf)  # on a busy machine the decoder would not be used
    told = evaluate.evaluate(Subject(model), Judge.load(trained), Studio(material), asked[::20], Perception(), steps=2, rounds=1)
    pairs = sum(len(scene.things) == 2 for scene in asked[::20])
    assert told.startswith("7 questions")
    assert pairs
    assert rows(told)["Right background"][0] == str(7 + (evaluate.WORDINGS - 1) * pairs)
    found = rows(told)
    assert all(percent(found[measure.name][5]) <= 100 for measure in MEASURES)
    assert found["Things it knows"] == ["72", "≥ 200", "no"]
    assert found["Side of a picture"] == [f"{SIDE} px", "256 px", "no"]
    assert found["Folder"][2] == "yes"
    assert float(found["Autoencoder, on 21 held-out renders"][0].removesuffix(" dB")) < 30
    assert 0 < float(found["Autoencoder, perceptual distance"][0]) < 4
    assert float(found["Sharpness of generated pictures, share of the renders'"][0]) > 0
    timed = next(cells for name, cells in found.items() if name.startswith("2 steps, 2 decoded previews"))
    assert float(timed[0].partition(" s")[0]) > 0
    assert float(found["2 steps without previews"][0].removesuffix(" s")) > 0


@pytest.mark.slow
def test_a_model_is_measured_without_a_judge_and_without_the_perceptual_network(model: Path, material: Path, asked: list[Scene]) -> None:
    found = rows(evaluate.evaluate(Subject(model), None, Studio(material), asked[:2], steps=2, rounds=1))
    assert "Sharpness of reconstructions, share of the renders'" in found
    assert "Autoencoder, perceptual distance" not in found
    assert MEASURES[0].name not in found


def test_sharpness_is_the_mean_difference_of_neighbouring_pixels() -> None:
    stripes = torch.zeros(2, 8, 8, 3, dtype=torch.uint8)
    stripes[0, :, ::2] = 100
    stripes[1, :4] = 70
    assert gradient_energy(stripes).tolist() == pytest.approx([50, 5])


def test_the_noise_of_a_picture_depends_on_its_seed_alone(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "TOGETHER", 2)
    one, other, again = torch.cat(list(Subject(model).draw(["a cat"] * 3, [1, 2, 1], steps=2))).int()
    assert (one - again).abs().max() <= 1  # of another batch: rounding
    assert (one - other).abs().max() > 8


def test_previews_are_compared_with_the_full_decode(model: Path) -> None:
    small, full = Subject(model).previews(["a cat", "a mouse"], steps=6)
    assert small.shape == full.shape == (2 * 2, SIDE, SIDE, 3)
    assert evaluate.psnr(full, full) > 60 > 30 > evaluate.psnr(small, full)  # this preview decoder is untrained
    assert evaluate.psnr(torch.zeros(1, 2, 2, 3), torch.ones(1, 2, 2, 3)) == pytest.approx(48.13, abs=0.01)


@pytest.mark.slow
def test_a_judge_that_does_not_know_the_things_is_refused(
    model: Path, trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", "--model", str(model), "--judge", str(trained)])
    with pytest.raises(SystemExit):
        evaluate.main()
    said = capsys.readouterr().err
    assert f"does not know {things(1)[3].en}" in said
    assert said.rstrip().endswith("--shape small")


@pytest.mark.slow
def test_a_judge_that_learned_other_things_does_not_go_on(
    material: Path, trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    before = trained.read_bytes()
    monkeypatch.setattr(sys, "argv", ["judge", "--folder", str(material.parent)])
    with pytest.raises(SystemExit):
        judge.main()
    assert f"{trained} learned other things" in capsys.readouterr().err
    assert trained.read_bytes() == before

"""The training pictures of the starter model: random scenes, the packed material, and painting."""

import hashlib
import random
import subprocess
import sys
import tarfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image, ImageDraw

from desktop.starter import sources
from desktop.starter.scenes import Studio
from desktop.starter.world import COLOURS, GROUNDS, PLACES, Arrangement, Ground, Scene, Thing, World, all_things, is_held_out, things

ROOT = Path(__file__).parents[1]
BALL = Thing("1F534", "ball", "balls", "球", "个", "thing")
BOX = Thing("1F7E6", "box", "boxes", "盒子", "个", "thing")
WHITE = GROUNDS["white"]
KINDS = set("animal person plant food vehicle building music sport clothing tool nature thing".split())


def cut_out(shape: str, colour: str) -> bytes:
    image = Image.new("RGBA", (256, 256))
    getattr(ImageDraw.Draw(image), shape)((24, 24, 231, 231), fill=colour)
    file = BytesIO()
    image.save(file, "webp", lossless=True)
    return file.getvalue()


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    """A package in npm's form with two things, one of them named with a variation selector."""
    path = tmp_path_factory.mktemp("npm") / "fake-1.0.0.tgz"
    with tarfile.open(path, "w:gz") as files:
        for name, data in (("1f534", cut_out("ellipse", "#00ff00")), ("1f7e6-fe0f", cut_out("rectangle", "#ff00ff"))):
            entry = tarfile.TarInfo(f"package/assets/{name}.webp")
            entry.size = len(data)
            files.addfile(entry, BytesIO(data))
    return path


@pytest.fixture(scope="module")
def material(package) -> Path:
    path = package.with_name("material.zip")
    sources.pack(package, path, [BALL.key, BOX.key])
    return path


@pytest.fixture(scope="module")
def studio(material) -> Studio:
    return Studio(material)


def scene(arrangement: Arrangement, *shown: Thing, ground: Ground = WHITE, count: int = 1, seed: int = 1) -> Scene:
    return Scene(ground, arrangement, shown, count, None, seed)


def pieces(covered: np.ndarray) -> list[tuple[int, int]]:
    """The centres (x, y) of the connected parts of a mask with more than 20 px."""
    left, found = {tuple(place) for place in np.argwhere(covered).tolist()}, []
    while left:
        todo, piece = [left.pop()], []
        while todo:
            y, x = todo.pop()
            piece.append((x, y))
            near = {(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)} & left
            left -= near
            todo += near
        if len(piece) > 20:
            found.append(tuple(np.mean(piece, axis=0).astype(int).tolist()))
    return found


def is_ball(picture: np.ndarray) -> np.ndarray:
    red, green, blue = picture.astype(int).transpose(2, 0, 1)
    return green > np.maximum(red, blue) + 120


def is_box(picture: np.ndarray) -> np.ndarray:
    red, green, blue = picture.astype(int).transpose(2, 0, 1)
    return np.minimum(red, blue) > green + 120


# The world


def test_the_world_has_its_grounds_and_favourites():
    assert len(COLOURS) == 10
    assert len(PLACES) >= 14
    assert all(ground.en and ground.zh and ground.en_names and ground.zh_names for ground in GROUNDS.values())
    assert {"mouse", "guitar", "panda", "rocket", "castle"} <= {thing.en for thing in things(1)}
    assert {thing.kind for thing in things(3)} <= KINDS
    assert set(things(1)) <= set(things(2)) <= set(things(3))


def test_a_scene_survives_writing_and_reading():
    chance = random.Random(0)
    for imagined in (World().imagine(chance) for _ in range(50)):
        assert Scene.read(imagined.as_json()) == imagined


def test_one_combination_in_sixteen_is_left_out_of_training():
    chance, world = random.Random(4), World()
    assert not any(is_held_out(world.imagine(chance)) for _ in range(3000))
    assert all(is_held_out(world.held_out(chance)) for _ in range(100))
    pairs = [scene(Arrangement.ONE, thing, ground=ground) for thing in things(1) for ground in GROUNDS.values()]
    assert sum(map(is_held_out, pairs)) / len(pairs) == pytest.approx(1 / 16, abs=0.02)


def test_seed_and_size_do_not_decide_what_is_held_out():
    held_out = World().held_out(random.Random(1))
    assert is_held_out(replace(held_out, seed=9, size="small"))
    assert not any(is_held_out(scene(Arrangement.ALONE_GROUND, ground=ground, count=0)) for ground in PLACES)


def test_imagined_scenes_have_the_configured_shares():
    chance, world = random.Random(2), World()
    imagined = [world.imagine(chance) for _ in range(4000)]
    share = {arrangement: sum(one.arrangement is arrangement for one in imagined) / 4000 for arrangement in Arrangement}
    assert share[Arrangement.ONE] == pytest.approx(0.42, abs=0.03)
    assert share[Arrangement.SEVERAL] == pytest.approx(0.16, abs=0.03)
    assert {one.count for one in imagined if one.arrangement is Arrangement.SEVERAL} == {2, 3, 4}
    assert any([thing.en for thing in one.things] == ["mouse", "guitar"] for one in imagined)
    assert any(one.arrangement is Arrangement.ALONE_GROUND and one.ground.key == "beach" for one in imagined)
    assert all(len(one.things) == len(set(one.things)) for one in imagined)


# The material


def test_the_material_has_only_the_cut_outs_and_reproducible_bytes(package, material, tmp_path):
    assert ZipFile(material).namelist() == ["1F534.webp", "1F7E6.webp"]
    sources.pack(package, tmp_path / "again.zip", [BOX.key, BALL.key])
    assert (tmp_path / "again.zip").read_bytes() == material.read_bytes()


def test_a_package_without_a_picture_is_named(package, tmp_path):
    with pytest.raises(sources.NoMaterial, match="1F42D"):
        sources.pack(package, tmp_path / "material.zip", [BALL.key, "1F42D"])
    assert list(tmp_path.glob("material.zip")) == []


def test_a_package_with_other_bytes_is_refused(package, tmp_path):
    with pytest.raises(sources.NoMaterial, match="not the package"):
        sources.check(package, sources.INTEGRITY)


def test_existing_material_needs_no_network(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "download", lambda *_: pytest.fail("asked for the network"))
    with ZipFile(tmp_path / "material.zip", "w") as packed:
        for key in all_things():
            packed.writestr(f"{key}.webp", b"")
    assert sources.fetch(tmp_path) == tmp_path / "material.zip"


def test_a_missing_npm_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sources.NoMaterial, match="npm was not found"):
        sources.fetch(tmp_path / "work")


# The pictures


@pytest.mark.slow
def test_the_same_seed_paints_the_same_bytes_in_another_process(studio, material):
    code = f"""
import hashlib
from pathlib import Path
from desktop.starter.scenes import Studio
from desktop.starter.world import GROUNDS, Arrangement, Scene, Thing
ball, studio, digest = Thing("1F534", "ball", "balls", "", "", "thing"), Studio(Path({str(material)!r})), hashlib.sha256()
for ground in GROUNDS.values():
    digest.update(studio.paint(Scene(ground, Arrangement.ONE, (ball,), 1, None, 5), 64).tobytes())
print(digest.hexdigest())"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    here = hashlib.sha256()
    for ground in reversed(GROUNDS.values()):  # earlier paintings have no influence
        studio.paint(scene(Arrangement.ONE, BALL, ground=ground, seed=5), 64)
    for ground in GROUNDS.values():
        here.update(studio.paint(scene(Arrangement.ONE, BALL, ground=ground, seed=5), 64).tobytes())
    assert done.stdout.strip() == here.hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("ground", GROUNDS.values(), ids=lambda ground: ground.key)
def test_every_ground_has_many_colours_and_depends_on_the_seed(studio, ground):
    first, second = (studio.paint(scene(Arrangement.ALONE_GROUND, ground=ground, count=0, seed=seed)) for seed in (1, 2))
    assert first.shape == (256, 256, 3)
    assert first.dtype == np.uint8
    assert (first != second).any()
    assert len(np.unique(first.astype(int) @ (65536, 256, 1))) > 20
    assert studio.paint(scene(Arrangement.ALONE_GROUND, ground=ground, count=0), 128).shape == (128, 128, 3)


def test_grounds_look_different(studio):
    def seen_from_afar(ground: Ground) -> np.ndarray:
        picture = studio.paint(scene(Arrangement.ALONE_GROUND, ground=ground, count=0))
        return np.asarray(Image.fromarray(picture).resize((8, 8)), float)

    small = {ground.key: seen_from_afar(ground) for ground in GROUNDS.values()}
    for one, other in ((one, other) for one in small for other in small if one < other):
        assert np.abs(small[one] - small[other]).mean() > 6, (one, other)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_picture_shows_the_count_of_the_scene(studio, count):
    for seed in range(5):
        picture = studio.paint(scene(Arrangement.SEVERAL, BALL, count=count, seed=seed), 64)
        assert len(pieces(is_ball(picture))) == count


def test_things_are_at_the_positions_of_the_arrangement(studio):
    for seed in range(5):
        beside = studio.paint(scene(Arrangement.BESIDE, BALL, BOX, seed=seed), 64)
        (ball,), (box,) = pieces(is_ball(beside)), pieces(is_box(beside))
        assert ball[0] < 28
        assert box[0] > 36
        above = studio.paint(scene(Arrangement.ABOVE, BALL, BOX, seed=seed), 64)
        (ball,), (box,) = pieces(is_ball(above)), pieces(is_box(above))
        assert ball[1] < 28
        assert box[1] > 36
        held = studio.paint(scene(Arrangement.WITH, BALL, BOX, seed=seed), 64)
        assert is_ball(held).sum() > is_box(held).sum() > 400


def test_one_thing_is_in_the_middle_and_has_the_size_of_the_scene(studio):
    one = scene(Arrangement.ONE, BALL)
    areas = []
    for size in ("small", None, "big"):
        picture = is_ball(studio.paint(replace(one, size=size)))
        rows, columns = np.argwhere(picture).T
        assert columns.mean() / 256 == pytest.approx(0.5, abs=0.03)
        assert rows.mean() / 256 == pytest.approx(0.53, abs=0.04)
        areas.append(int(picture.sum()))
    assert areas[0] * 2 < areas[1] < areas[2] * 0.8


def test_no_thing_is_clipped_by_the_frame(studio):
    kinds = (
        scene(Arrangement.ONE, BOX),
        replace(scene(Arrangement.ONE, BOX), size="big"),
        scene(Arrangement.WITH, BALL, BOX),
        scene(Arrangement.BESIDE, BOX, BALL),
        scene(Arrangement.ABOVE, BALL, BOX),
        scene(Arrangement.SEVERAL, BOX, count=4),
    )
    for kind in kinds:
        for seed in range(8):
            picture = studio.paint(replace(kind, seed=seed))
            coloured = is_box(picture) | is_ball(picture)
            assert not coloured[[0, -1]].any()
            assert not coloured[:, [0, -1]].any()


def test_a_thing_casts_a_shadow_on_the_ground_but_not_in_the_sky(studio):
    def darker_below(ground: str) -> float:
        bare = studio.paint(scene(Arrangement.ALONE_GROUND, ground=GROUNDS[ground], count=0)).astype(float)
        with_ball = studio.paint(scene(Arrangement.ONE, BALL, ground=GROUNDS[ground])).astype(float)
        return float((bare - with_ball)[232:238, 118:138].mean())

    assert darker_below("white") > 15
    assert darker_below("clouds") == pytest.approx(0, abs=1)

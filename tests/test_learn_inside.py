"""Stations 7 and 8: latents are encoded, painted on and decoded as a run does it; words are read as the model reads them."""

import math

import numpy as np
import pytest
import torch
from PIL import Image

from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.loaded_model import LoadedModel
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Previews, Step, WordMaps
from desktop.diffusion.snapshot import read_snapshot
from desktop.learn import autoencoder, latents, reading, words
from desktop.resources import RESOURCES, STARTER
from tests import tiny_families
from tests.engine_runs import events_of

torch.set_num_threads(1)
CHANCE = np.random.Generator(np.random.Philox(key=[7, 0]))
CPU = Device("cpu", "", torch.float32)  # as what the tests compute beside; by itself the program may choose bfloat16
PICTURE = np.kron(CHANCE.integers(0, 256, (8, 8, 3)), np.ones((8, 8, 1))).astype(np.uint8)


@pytest.fixture(scope="module")
def loaded(model) -> LoadedModel:
    return LoadedModel.open(model, "fingerprint", CPU, Control())


# -- latents


def test_a_picture_comes_back_from_its_latents_as_the_pipeline_decodes_them(loaded):
    coder = autoencoder.coder(loaded)
    made = autoencoder.encode(loaded, PICTURE, Control())
    back = autoencoder.decode(loaded, made, Control())
    vae, scaling = loaded.pipeline.vae, loaded.pipeline.vae.config.scaling_factor
    with torch.no_grad():
        pixels = torch.from_numpy(PICTURE).permute(2, 0, 1)[None] / 127.5 - 1
        straight = vae.decode(vae.encode(pixels).latent_dist.mode())
    expected = loaded.pipeline.image_processor.postprocess(straight.sample, output_type="np")[0] * 255

    assert coder.refusal == ""
    assert coder.position == 8
    assert made.shape == (4, 8, 8)
    assert PICTURE.size / made.size == 48
    assert made.std() == pytest.approx(made.std() / scaling * scaling)
    assert np.abs(back - expected).max() <= 1
    assert autoencoder.glimpse(loaded, made).shape[-1] == 3


def test_the_bundled_model_makes_pictures_48_times_smaller_and_nothing_of_it_is_a_small_picture():
    starter = LoadedModel.open(STARTER, "fingerprint", CPU, Control())
    with Image.open(RESOURCES / "examples/fox-en.webp") as fox:
        picture = np.asarray(fox.convert("RGB").resize((256, 256)))
    made = autoencoder.encode(starter, picture, Control())
    back = autoencoder.decode(starter, made, Control())
    channel, row, column = latents.strongest(made)
    far = latents.reach(back, autoencoder.decode(starter, latents.flipped(made, channel, row, column), Control()), row, column, 16)

    assert picture.size / made.size == 48
    assert latents.loss(picture, back).decibels > 20
    assert latents.loss(picture, back).decibels > latents.loss(picture, latents.as_small_picture(picture, made.size)).decibels
    assert far.pixels > far.square
    assert far.outside > 0.5


def test_strokes_flips_and_mixes_leave_what_they_began_with():
    first, second = CHANCE.standard_normal((2, 4, 8, 8)).astype(np.float32)
    kept = first.copy()
    stroke = latents.painted(first, 2, 3.5, 4.2, 1.5, 3)
    assert (stroke[2] == 1.5).sum() in range(5, 10)
    assert stroke[2, 3, 4] == 1.5
    assert np.array_equal(np.delete(stroke, 2, 0), np.delete(first, 2, 0))
    assert (latents.painted(first, 0, 7.9, 0.1, 9, 1)[0] == 9).sum() >= 1
    assert np.array_equal(latents.flipped(latents.flipped(first, 1), 1), first)
    assert (latents.flipped(first, 1, 2, 3) != first).sum() == 1
    assert np.array_equal(latents.between(first, second, 0), first)
    assert np.allclose(latents.between(first, second, 1), second, atol=1e-6)
    assert np.array_equal(first, kept)


def test_loss_is_measured_in_decibels():
    assert latents.loss(PICTURE, PICTURE) == latents.Loss(0.0, 0, math.inf)
    darker = np.maximum(PICTURE, 20) - 20
    seen = latents.loss(np.maximum(PICTURE, 20), darker)
    assert (seen.mean, seen.largest) == (20.0, 20)
    assert seen.decibels == pytest.approx(20 * math.log10(255 / 20))
    assert latents.lost(np.maximum(PICTURE, 20), darker).max() == 80
    assert latents.small_side(2048) == 26


def test_a_model_of_pixels_has_nothing_to_paint_on(tmp_path):
    folder = tiny_families.save(tiny_families.ddpm(), tmp_path / "pixels")
    assert "no latents" in autoencoder.coder(LoadedModel.open(folder, "fingerprint", CPU, Control())).refusal


# -- words


def test_tokens_have_their_neighbours_in_the_table(loaded):
    seen = reading.read(loaded, "a red cat", Control())
    table = loaded.pipeline.text_encoder.get_input_embeddings().weight.detach()
    red = seen.tokens[1]
    cosines = torch.nn.functional.cosine_similarity(table, table[red.id][None])

    assert [token.text for token in seen.tokens] == ["a", "red", "cat"]
    assert (seen.table, seen.width, seen.limit, seen.refusal, seen.no_maps) == (*table.shape, 77, "", "")
    assert all(near.text.casefold() != "red" for near in red.near)
    assert [near.cosine for near in red.near] == sorted((near.cosine for near in red.near), reverse=True)
    assert all(min(abs(cosines - near.cosine)) < 1e-5 for near in red.near)
    assert red.near[0].cosine < 0.9999


def test_both_answers_and_the_guided_one_are_those_of_the_run(loaded, model):
    recipe = Recipe.of(prompt="a red cat", steps=3, seed=5, width=64, height=64, guidance_scale=4.0)
    steps = [event for event in events_of(Engine(CPU), model, recipe, Previews.OFF) if isinstance(event, Step)]
    without, prompted = loaded.predictions(recipe, steps, 2, Control())
    record = read_snapshot(steps, 2)
    seen = reading.answers(loaded, recipe, steps, 2, Control())

    assert torch.allclose(without + 4 * (prompted - without), record.prediction, atol=1e-5)
    assert seen.scale == 4.0
    assert seen.difference > 0
    assert seen.without.shape == seen.prompted.shape == seen.guided.shape
    assert not np.array_equal(seen.without, seen.prompted)


def test_predictions_with_variances_are_compared_without_them(tmp_path):
    folder = tiny_families.save(tiny_families.pixart_sigma(), tmp_path / "pixart")
    recipe = Recipe.of(prompt="a red cat", steps=2, width=64, height=64, sampler="DPM++ 2M")
    engine = Engine(CPU)
    steps = [event for event in events_of(engine, folder, recipe, Previews.OFF) if isinstance(event, Step)]
    seen = reading.answers(engine._loaded, recipe, steps, 1, Control())
    assert seen.difference > 0
    assert seen.apart.shape[-1] == 3


def test_saturation_is_the_share_of_clipped_pixels():
    grey = np.full((10, 10, 3), 128, np.uint8)
    half = grey.copy()
    half[:5, :, 0] = 255
    assert words.colours(grey) == words.Colours(0.0, 0.0)
    assert words.colours(half).clipped == 0.5
    assert words.colours(half).colourfulness > 50


def test_maps_are_read_averaged_and_laid_over_the_picture():
    levels = np.zeros((2, 4, 4), np.uint8)
    levels[0, :2, :2] = 255
    levels[1] = 51
    maps = WordMaps(("fox", "snow"), 4, 4, levels.tobytes(), 0.5, 0.4, 0.3)
    both = words.averaged([maps, maps])
    assert both[0].max() == 0.5
    assert both[1] == pytest.approx(0.1)
    heat = np.stack([np.arange(256)] * 3, -1).astype(np.uint8)
    shown = words.over(np.full((64, 64, 3), 100, np.uint8), both[0], heat)
    assert shown[8, 8].min() > shown[60, 60].max()
    before = np.zeros((64, 64, 3), np.uint8)
    inside, outside = before.copy(), before.copy()
    inside[4:12, 4:12], outside[40:48, 40:48] = 200, 200
    assert words.within(both[0], before, inside) == 1
    assert words.within(both[0], before, outside) == 0
    assert words.swapped("a fox, a fox", "fox", "cat") == "a cat, a fox"

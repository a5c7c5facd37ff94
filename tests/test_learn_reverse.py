"""The reverse process of Learn: its numbers are those of diffusers' own steps, and of the formulas."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from desktop.diffusion.control import Control, Stop
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.loaded_model import LoadedModel
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Orders
from desktop.diffusion.run import Pixels, Previews, Run, Step
from desktop.diffusion.snapshot import Snapshot, read_snapshot
from desktop.errors import NotSteppedThrough, PictureNotTaken
from desktop.learn.reverse import Given, Moment, Walk, give, walk
from desktop.learn.similarity import detail, edge, halfway, similarity
from tests import tiny, tiny_families
from tests.engine_runs import events_of
from tests.tiny import SIDE

RECIPE = Recipe.of(prompt="a cat on the beach", steps=8, width=SIDE, height=SIDE, sampler="DDIM", seed=5, guidance_scale=3.0)
CPU = Device("cpu", "", torch.float32)
NOISE_SEED = 11


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_folder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def loaded(folder: Path) -> LoadedModel:
    return LoadedModel.open(folder, "fingerprint", CPU, Control())


@pytest.fixture(scope="module")
def ancestral(loaded: LoadedModel) -> list[Moment]:
    return walked(loaded, Walk(1.0))


@pytest.fixture(scope="module")
def given(loaded: LoadedModel) -> Given:
    return give(loaded, RECIPE, picture(), NOISE_SEED, Control())


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LoadedModel]:
    folder = tiny_families.save(tiny_families.made("FLUX.1", "dev"), tmp_path_factory.mktemp("flux") / "tiny")
    return folder, LoadedModel.open(folder, "fingerprint", CPU, Control())


def picture(seed: int = 0) -> Pixels:
    """Squares of colours, which an autoencoder can keep."""
    squares = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
    return Pixels(SIDE, SIDE, squares.repeat(SIDE // 4, 0).repeat(SIDE // 4, 1).tobytes())


def walked(loaded: LoadedModel, way: Walk, history: tuple[Step, ...] = (), pause_at: int | None = None) -> list[Moment]:
    seen: list[Moment] = []
    with suppress(Stop):
        walk(loaded, RECIPE, way, history, Control(Orders(pause_at=pause_at)), seen.append)
    return seen


def records(moments: list[Moment]) -> list[Snapshot]:
    steps = [moment.step for moment in moments]
    return [read_snapshot(steps, number) for number in range(len(steps))]


def stock(loaded: LoadedModel, **arguments: Any) -> torch.Tensor:
    """The latents of the stock pipeline with its DDIM scheduler."""
    pipeline = diffusers.StableDiffusionPipeline(**loaded.pipeline.components, requires_safety_checker=False)
    pipeline.scheduler = diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, **tiny.SCALED_LINEAR)
    given = {"num_inference_steps": 8, "width": SIDE, "height": SIDE, "guidance_scale": 3.0, "output_type": "latent"}
    return tiny.quiet(pipeline)("a cat on the beach", generator=torch.Generator().manual_seed(5), **given | arguments).images


# -- Algorithm 2


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
def test_a_walk_ends_where_the_stock_pipeline_ends(loaded: LoadedModel, eta: float) -> None:
    last = records(walked(loaded, Walk(eta)))[-1]
    assert torch.equal(last.latents, stock(loaded, eta=eta))


def test_every_step_is_its_mean_and_fresh_noise(ancestral: list[Moment]) -> None:
    alphas = torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2, 0)
    for moment, record in zip(ancestral[1:], records(ancestral)[1:], strict=True):
        at, after = moment.timestep, max(moment.timestep - 125, 0)
        now, then = float(alphas[at]), float(alphas[after])
        assert abs(moment.alpha_cumprod - now) < 1e-6
        assert abs(moment.next_alpha_cumprod - then) < 1e-6
        sigma = ((1 - then) / (1 - now) * (1 - now / then)) ** 0.5 if at > after else 0.0
        assert abs(moment.sigma - sigma) < 1e-5
        assert abs(moment.keep - then**0.5) < 1e-6
        assert abs(moment.rest - (1 - then - sigma**2) ** 0.5) < 1e-5
        # Algorithm 2, line 4, with α of this stride
        alpha = now / then
        assert record.x0 is not None
        assert record.prediction is not None
        mean = (record.sample - (1 - alpha) / (1 - now) ** 0.5 * record.prediction) / alpha**0.5
        z = (record.latents - mean) / sigma if sigma else torch.zeros(1)
        assert abs(float(z.std()) - moment.spreads["z"]) < 1e-3
        assert abs(float(mean.std()) - moment.spreads["mean"]) < 1e-5


def test_ddim_with_eta_1_is_ddpm_with_the_smaller_variance(loaded: LoadedModel, ancestral: list[Moment]) -> None:
    stock_ddpm = diffusers.DDPMScheduler(variance_type="fixed_small", clip_sample=False, steps_offset=1, **tiny.SCALED_LINEAR)
    stock_ddpm.set_timesteps(8)
    for moment, record in list(zip(ancestral, records(ancestral), strict=True))[1:-1]:
        generator = torch.Generator().manual_seed(0)
        expected = stock_ddpm.step(record.prediction, moment.timestep, record.sample, generator=generator).prev_sample
        drawn = torch.randn(record.sample.shape, generator=torch.Generator().manual_seed(0))
        assert record.x0 is not None
        assert record.prediction is not None
        ours = moment.keep * record.x0 + moment.rest * record.prediction + moment.sigma * drawn
        assert (ours - expected).abs().max() < 2e-5


def test_two_walks_ask_the_same_network_the_same_first_question(loaded: LoadedModel, ancestral: list[Moment]) -> None:
    straight = walked(loaded, Walk(0.0))
    assert straight[1].pictures["noise"] == ancestral[1].pictures["noise"]
    assert straight[1].sigma == 0
    assert straight[-1].pictures["x_next"] != ancestral[-1].pictures["x_next"]


def test_without_fresh_noise_the_spread_shrinks(loaded: LoadedModel, ancestral: list[Moment]) -> None:
    bare = walked(loaded, Walk(1.0, is_fresh=False))
    assert bare[1].sigma == ancestral[1].sigma
    assert bare[1].spreads["z"] == 0
    middle = len(bare) // 2
    assert bare[middle].spreads["x_next"] < 0.9 * ancestral[middle].spreads["x_next"]


def test_a_walk_that_pauses_goes_on_to_the_same_picture(loaded: LoadedModel, ancestral: list[Moment]) -> None:
    begun = walked(loaded, Walk(1.0), pause_at=3)
    assert len(begun) == 4
    rest = walked(loaded, Walk(1.0), tuple(moment.step for moment in begun))
    assert [moment.step.number for moment in rest] == [4, 5, 6, 7, 8]
    assert rest[-1].pictures == ancestral[-1].pictures


def test_a_walk_steps_with_the_step_of_diffusers(loaded: LoadedModel, ancestral: list[Moment], monkeypatch: pytest.MonkeyPatch) -> None:
    own = diffusers.DDIMScheduler.step

    def flipped(self: Any, output: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return own(self, -output, *args, **kwargs)

    monkeypatch.setattr(diffusers.DDIMScheduler, "step", flipped)
    other = walked(loaded, Walk(1.0))
    for name in ("mean", "x_next"):
        assert other[1].pictures[name] != ancestral[1].pictures[name]
    assert "step" not in vars(loaded.pipeline.scheduler)


def test_a_model_of_straight_lines_has_no_algorithm_2(flux: tuple[Path, LoadedModel]) -> None:
    with pytest.raises(NotSteppedThrough, match="another kind of noise"):
        walk(flux[1], RECIPE, Walk(), (), Control(), print)


# -- there and back


def test_a_given_picture_is_noised_and_denoised_as_image_to_image_does(loaded: LoadedModel, folder: Path, given: Given) -> None:
    after = 3
    recipe = RECIPE.turned(after, refine=NOISE_SEED)
    run = Run(recipe, plan=given.plan, steps=list(given.steps[: after + 1]), refined=given.steps)
    for event in events_of(Engine(CPU), folder, recipe, history=run.history):
        run.record(event)
    first, last = read_snapshot(run.steps, after + 1), read_snapshot(run.steps, 8)
    clean = read_snapshot(given.steps, 8).latents
    image_to_image = diffusers.StableDiffusionImg2ImgPipeline(**loaded.pipeline.components, requires_safety_checker=False)
    image_to_image.scheduler = diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, **tiny.SCALED_LINEAR)
    expected = tiny.quiet(image_to_image)(
        "a cat on the beach",
        image=clean,
        strength=(8 - after) / 8,
        num_inference_steps=8,
        guidance_scale=3.0,
        generator=torch.Generator().manual_seed(NOISE_SEED),
        output_type="latent",
    ).images
    assert torch.equal(last.latents, expected)
    assert run.picture is not None
    # what is shown as noisy is what the denoiser was given
    shown = loaded.previewer.renderer(Previews.FAST, loaded.grid_of(RECIPE)).decode(first.sample)
    assert shown == given.steps[after].noisy


def test_the_given_steps_tell_their_noise(given: Given) -> None:
    alphas = [step.alpha_cumprod for step in given.steps[1:]]
    assert alphas == sorted(alphas)
    assert alphas[-1] == 1
    assert given.steps[1].alpha_cumprod == pytest.approx(
        float(torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2, 0)[751])
    )
    assert len({step.noisy for step in given.steps}) == len(given.steps)


def test_a_picture_is_given_to_a_model_of_straight_lines_too(flux: tuple[Path, LoadedModel]) -> None:
    folder, loaded = flux
    recipe = RECIPE.with_values(sampler="Euler", steps=3)
    given = give(loaded, recipe, picture(), NOISE_SEED, Control())
    turned = recipe.turned(1, refine=NOISE_SEED)
    run = Run(turned, plan=given.plan, steps=list(given.steps[:2]), refined=given.steps)
    for event in events_of(Engine(CPU), folder, turned, history=run.history):
        run.record(event)
    shown = loaded.previewer.renderer(Previews.FAST, loaded.grid_of(recipe)).decode(read_snapshot(run.steps, 2).sample)
    assert shown == given.steps[1].noisy
    grid = loaded.grid_of(recipe)(run.steps and read_snapshot(run.steps, 3).latents)
    assert torch.equal(loaded.calls.grid(loaded.calls.ungrid(grid), recipe.size), grid)


def test_a_pipeline_of_several_stages_takes_no_picture(tmp_path: Path) -> None:
    folder = tiny_families.save(tiny_families.made("UnCLIP", ""), tmp_path / "tiny")
    with pytest.raises(PictureNotTaken):
        give(LoadedModel.open(folder, "fingerprint", CPU, Control()), RECIPE, picture(), NOISE_SEED, Control())


# -- similarity


def test_similarity_is_1_for_the_same_picture_and_small_for_others() -> None:
    assert similarity(picture(), picture()) == pytest.approx(1)
    assert abs(similarity(picture(), picture(1))) < 0.5
    assert similarity(picture(), Pixels(SIDE, SIDE, b"\x80" * (3 * SIDE * SIDE))) == 0


def test_similarity_compares_pictures_of_different_sizes() -> None:
    large = np.frombuffer(picture().data, np.uint8).reshape(SIDE, SIDE, 3).repeat(2, 0).repeat(2, 1)
    assert similarity(picture(), Pixels(2 * SIDE, 2 * SIDE, large.tobytes())) == pytest.approx(1)


def test_the_edge_is_where_the_similarity_falls_halfway_to_that_of_a_stranger() -> None:
    assert halfway([1, 0.9, 0.2]) == 0.6
    assert edge([0, 100, 200], [1, 0.8, 0.2]) == pytest.approx(100 + 100 / 3)
    assert edge([0, 100, 200, 300], [1.0, 0.5, 0.9, 0.1]) == pytest.approx(200 + 100 * 0.35 / 0.8)  # the last crossing
    assert edge([50, 100], [0.2, 0.1]) == 50


def test_detail_counts_edges() -> None:
    assert detail(Pixels(8, 8, b"\x40" * 192)) == 0
    assert detail(picture()) > 1

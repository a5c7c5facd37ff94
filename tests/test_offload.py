"""The ladder: what it chooses, that every rung makes the same steps, and that a run without memory goes on one rung below."""

from collections.abc import Iterator
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch

from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.offload import Offload, below, choose, ladder, needed, needed_beside, stretches
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Picture, Pixels, Plan, Step
from desktop.diffusion.working_memory import Estimate
from desktop.errors import OutOfMemory
from tests.engine_runs import Accelerator, events_of

CPU = Device("cpu", "", torch.float32)
# Larger than the 64 px with which the tiny autoencoder works in tiles.
RECIPE = Recipe.of(prompt="two pandas", negative_prompt="snow", sampler="DDIM", steps=5, guidance_scale=4, width=96, height=128, seed=7)
GB = 10**9
# As a model with a large text encoder: FLUX.
LARGE = Estimate(
    weights={"text_encoder": 10 * GB, "transformer": 24 * GB, "vae": GB},
    copies=0,
    largest_layer=GB // 2,
    step=GB,
    decode=6 * GB,
    tile=GB,
    denoiser="transformer",
    autoencoder="vae",
)


@pytest.mark.parametrize(
    ("free", "free_beside", "rung"),
    [
        (42 * GB, 64 * GB, Offload.NONE),
        (40 * GB, 64 * GB, Offload.TILED),
        (26 * GB, 64 * GB, Offload.MODEL),
        (24 * GB, 64 * GB, Offload.GROUP),
        (26 * GB, 30 * GB, Offload.DISK),  # main memory cannot hold what the device cannot
        (GB * 7 // 4, 64 * GB, Offload.SEQUENTIAL),
        (0, 0, Offload.SEQUENTIAL),
    ],
)
def test_the_first_rung_that_fits_is_chosen(free, free_beside, rung):
    assert choose(LARGE, "cuda", free, free_beside) is rung
    assert needed(LARGE, rung) <= free or rung is ladder("cuda")[-1]


def test_without_memory_of_its_own_a_device_offloads_nothing():
    for kind in ("cpu", "mps"):
        assert ladder(kind) == (Offload.NONE, Offload.TILED)
        assert choose(LARGE, kind, 42 * GB, 0) is Offload.NONE
        assert choose(LARGE, kind, GB, 0) is Offload.TILED
        assert below(Offload.TILED, kind) is None


def test_every_rung_needs_less_than_the_one_before():
    needs = [needed(LARGE, rung) for rung in ladder("cuda")]
    assert needs == sorted(needs, reverse=True)
    assert needed_beside(LARGE, Offload.DISK) < needed_beside(LARGE, Offload.GROUP)
    assert choose(LARGE, "cuda", 100 * GB, 100 * GB, least=Offload.GROUP) is Offload.GROUP


def test_the_environment_tells_every_stretch():
    assert stretches({}, Offload.MODEL, 0) == {"offload": "model"}
    first = stretches({"offload": "none"}, Offload.TILED, 4)
    assert first == {"offload": "tiled", "offload_changes": [{"after": 3, "was": "none"}]}
    assert stretches(first, Offload.TILED, 5) == first
    assert stretches(first, Offload.MODEL, 6)["offload_changes"] == [{"after": 3, "was": "none"}, {"after": 5, "was": "tiled"}]


@pytest.fixture(scope="module")
def whole(model) -> tuple[list[Step], Pixels]:
    return _made(Engine(Accelerator("cuda", "", torch.float32)), model)


@pytest.fixture(scope="module")
def tiled(model) -> Pixels:
    return _made(_on(Offload.TILED), model)[1]


@pytest.mark.slow
@pytest.mark.parametrize("rung", [Offload.TILED, Offload.MODEL, Offload.GROUP, Offload.SEQUENTIAL])
def test_every_rung_makes_the_same_steps_and_the_same_picture(rung, model, whole, tiled):
    steps, picture = _made(_on(rung), model)
    assert [step.snapshot for step in steps] == [step.snapshot for step in whole[0]]
    assert picture == tiled != whole[1]


@pytest.mark.slow
def test_layers_on_disk_make_almost_the_same_picture(model, tiled, monkeypatch, tmp_path):
    monkeypatch.setattr("desktop.diffusion.placement.DISK", tmp_path)
    engine = _on(Offload.DISK)
    _, picture = _made(engine, model)
    assert np.frombuffer(picture.data, np.uint8) == pytest.approx(np.frombuffer(tiled.data, np.uint8), abs=2)
    assert len([file for file in tmp_path.rglob("*.safetensors") if file.stat().st_size]) > 10
    engine.free()
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module", params=[CPU, Accelerator("cuda", "", torch.float32)], ids=["cpu", "gpu"])
def device_and_tiled(request, model) -> tuple[Device, Pixels]:
    """A device, and the picture that it makes in tiles from the start."""
    engine = Engine(request.param)
    engine._ran_out = "fingerprint", 0, Offload.TILED
    return request.param, _made(engine, model)[1]


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 3, 5])
def test_a_run_that_runs_out_of_memory_goes_on_with_less(call, device_and_tiled, model, monkeypatch):
    device, picture = device_and_tiled
    engine = Engine(device)
    steps, _ = _made(engine, model)
    calls = _fails(monkeypatch, diffusers.UNet2DConditionModel, at=call)
    events = events_of(engine, model, RECIPE, insist=True)
    made = [event for event in events if isinstance(event, Step)]
    assert [step.number for step in made] == list(range(6))  # none twice
    assert next(calls) == 6  # no step was computed twice either
    assert [step.snapshot for step in made] == [step.snapshot for step in steps]
    assert events[-1] == Picture(picture)
    last = [event for event in events if isinstance(event, Plan)][-1].environment
    assert (last["offload"], last["offload_changes"]) == ("tiled", [{"after": call - 1, "was": "none"}])
    again = events_of(engine, model, RECIPE, insist=True)
    assert again[-1] == Picture(picture)  # what did not fit is not tried again


@pytest.mark.slow
def test_a_picture_that_cannot_be_decoded_whole_is_decoded_in_tiles(model, tiled, monkeypatch):
    _fails(monkeypatch, diffusers.models.autoencoders.vae.Decoder, at=2)  # after the one for the first previews
    events = events_of(Engine(Accelerator("cuda", "", torch.float32)), model, RECIPE)
    assert events[-1] == Picture(tiled)
    assert len([event for event in events if isinstance(event, Step)]) == 6


@pytest.mark.slow
def test_the_last_rung_says_that_memory_ran_out(model, monkeypatch):
    engine = Engine(Accelerator("cuda", "", torch.float32))
    with monkeypatch.context() as broken:
        calls = _fails(broken, diffusers.UNet2DConditionModel)
        with pytest.raises(OutOfMemory, match="96 × 128") as caught:
            events_of(engine, model, RECIPE)
        assert next(calls) == len(Offload)
    assert caught.value.__cause__ is None
    assert engine._loaded is None


def _on(rung: Offload) -> Engine:
    engine = Engine(Accelerator("cuda", "", torch.float32))
    engine._ran_out = "fingerprint", 0, rung
    return engine


def _made(engine: Engine, model: Path) -> tuple[list[Step], Pixels]:
    events = events_of(engine, model, RECIPE, insist=True)
    [picture] = [event.pixels for event in events if isinstance(event, Picture)]
    return [event for event in events if isinstance(event, Step)], picture


def _fails(monkeypatch: pytest.MonkeyPatch, kind: type[torch.nn.Module], at: int | None = None) -> Iterator[int]:
    """Let call number `at` of networks of this class fail, or all. The iterator tells how many were made."""
    original, count = kind.forward, 0

    def forward(self, *args, **kwargs):
        nonlocal count
        count += 1
        if at is None or count == at:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return original(self, *args, **kwargs)

    def told() -> Iterator[int]:
        while True:
            yield count

    monkeypatch.setattr(kind, "forward", forward)
    return told()

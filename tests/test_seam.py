"""Recorded == stock and resumed == uninterrupted, bit for bit; runs pause and stop on request and release everything."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from safetensors.torch import load_file

from desktop.diffusion import schedulers
from desktop.diffusion.control import Control, Stop
from desktop.diffusion.denoise import StepImages, Stretch, denoise
from desktop.diffusion.run import Pixels, Step
from desktop.diffusion.samplers import Sampler
from desktop.diffusion.seam import AS_RECORDED, Departure, Observation, Seam, Unwound
from desktop.diffusion.snapshot import SnapshotWriter, read_snapshot
from desktop.errors import NotANumber
from tests import stock, tiny
from tests.elsewhere import OTHERWISE
from tests.watched import CASES, MODELS, RESUMED, Watched, counted, is_untouched, pipeline, whole

torch.set_num_threads(1)

EACH = pytest.mark.parametrize(("model", "sampler"), CASES, ids=[f"{sampler.name} · {model}" for model, sampler in CASES])
EACH_SAMPLER = pytest.mark.parametrize(("model", "sampler"), RESUMED, ids=[f"{sampler.name} · {model}" for model, sampler in RESUMED])


@pytest.fixture(scope="module", autouse=True)
def stock_process(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[subprocess.Popen[bytes], Path] | None]:
    """Makes the reference while the first tests run, if any test of this session needs it."""
    if not any("stock_latents" in getattr(item, "fixturenames", ()) for item in request.session.items):
        yield None
        return
    folder = tmp_path_factory.mktemp("stock")
    (folder / "cases.json").write_text(
        json.dumps(
            [
                {
                    "name": f"{sampler.name} · {model}",
                    "model": MODELS[model],
                    "scheduler": sampler.edm if model == "EDM" else sampler.scheduler,
                    "options": {} if model == "EDM" else dict(sampler.options),
                }
                for model, sampler in CASES
            ]
        )
    )
    with stock.in_a_fresh_process("tests.stock", folder / "cases.json", folder / "latents.safetensors") as process:
        yield process, folder / "latents.safetensors"
        process.kill()


@pytest.fixture(scope="module")
def stock_latents(stock_process: tuple[subprocess.Popen[bytes], Path]) -> dict[str, torch.Tensor]:
    process, latents = stock_process
    assert process.wait() == 0
    return load_file(latents)


# -- exactness


@pytest.mark.slow
@EACH_SAMPLER
def test_a_run_resumed_after_any_step_is_the_uninterrupted_run(model: str, sampler: Sampler) -> None:
    run = whole(sampler, model)
    calls = len(run.plans[0])
    for cut in cuts(run):
        resumed = Watched(pipeline(sampler, model))
        with counted(resumed.pipeline) as made:
            resumed.go(history=run.steps[: cut + 1])
        assert torch.equal(resumed.latents, run.latents)
        assert [step.snapshot for step in resumed.steps] == [step.snapshot for step in run.steps[cut + 1 :]]
        assert len(made) == calls - cut


@pytest.mark.slow
@pytest.mark.end_to_end
@pytest.mark.timeout(600)  # takes a minute, much longer on a busy machine
def test_a_run_resumes_and_branches_in_another_process(tmp_path: Path) -> None:
    """What a branch in this process has to be is tested in `test_branching.py`."""
    for model, sampler in RESUMED:
        run = whole(sampler, model)
        for cut in elsewhere_cuts(run):
            folder = tmp_path / f"{sampler.name}-{model}-{cut}"
            folder.mkdir()
            for step in run.steps[: cut + 1]:
                (folder / str(step.number)).write_bytes(step.snapshot)
    branches: dict[str, torch.Tensor | None] = {}
    with stock.in_a_fresh_process("tests.elsewhere", tmp_path) as elsewhere:
        for model, sampler in RESUMED:
            run = whole(sampler, model)
            for cut in elsewhere_cuts(run):
                branch = Watched(pipeline(sampler, model)).go(history=run.steps[: cut + 1], departure=Departure(1), **OTHERWISE)
                branches[f"{sampler.name}-{model}-{cut}"] = branch.latents
        assert elsewhere.wait() == 0
    resumed, branched = load_file(tmp_path / "resumed.safetensors"), load_file(tmp_path / "branched.safetensors")
    assert len(resumed) == len(branched) == 2 * len(RESUMED)
    for model, sampler in RESUMED:
        run = whole(sampler, model)
        for cut in elsewhere_cuts(run):
            name = f"{sampler.name}-{model}-{cut}"
            assert torch.equal(resumed[name], run.latents), name
            assert torch.equal(branched[name], branches[name]), name
            assert torch.equal(branches[name], run.latents) == (cut == len(run.plans[0])), name  # after the last step nothing can differ


def elsewhere_cuts(run: Watched) -> tuple[int, ...]:
    """Those for which another process is started, which must not differ from this one."""
    return 1, len(run.plans[0]) // 2


def cuts(run: Watched) -> tuple[int, ...]:
    calls = len(run.plans[0])
    return 0, 1, 2, calls // 2, calls - 1, calls


def test_a_pipeline_that_ran_before_records_what_a_fresh_one_needs() -> None:
    used = pipeline("UniPC")
    Watched(used).go()
    run = Watched(used).go()
    assert torch.equal(Watched(pipeline("UniPC")).go(history=run.steps[:2]).latents, run.latents)


# -- samplers that draw from torch's global generator


def drawing_globally(history: Sequence[Step] = (), seed: int = stock.SEED, departure: Departure = AS_RECORDED) -> Watched:
    """A run of a tiny FLUX whose scheduler draws noise in every step, and never from the pipeline's generator."""
    run = Watched(flux())
    run.latents = denoise(run.pipeline, Stretch(FLUX, seed, tuple(history), departure=departure), Control(), run)
    return run


def flux() -> Any:
    return diffusers.FluxPipeline(**flux_parts() | {"scheduler": diffusers.FlowMatchLCMScheduler()})


@functools.cache
def flux_parts() -> dict[str, Any]:
    return tiny.flux().pipeline.components


FLUX = {
    "prompt_embeds": torch.randn(1, 8, 32, generator=torch.Generator().manual_seed(1)),
    "pooled_prompt_embeds": torch.randn(1, 32, generator=torch.Generator().manual_seed(2)),
    "num_inference_steps": 5,
    "height": 16,
    "width": 16,
}


def test_the_seed_decides_what_the_global_generator_draws() -> None:
    made, generator = flux(), torch.Generator().manual_seed(stock.SEED)
    torch.manual_seed(stock.SEED)
    expected = made(**FLUX, generator=generator, output_type="latent").images
    torch.manual_seed(99)
    before = torch.get_rng_state()
    assert torch.equal(drawing_globally().latents, expected)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.equal(drawing_globally(seed=stock.SEED + 1).latents, expected)


@pytest.mark.slow
@pytest.mark.parametrize("cut", range(6))
def test_a_run_that_draws_from_the_global_generator_resumes_exactly(cut: int) -> None:
    run = drawing_globally()
    torch.manual_seed(99)
    resumed = drawing_globally(run.steps[: cut + 1])
    assert torch.equal(resumed.latents, run.latents)
    assert [step.snapshot for step in resumed.steps] == [step.snapshot for step in run.steps[cut + 1 :]]


@pytest.mark.parametrize("cut", [0, 2])
def test_another_noise_seed_seeds_the_global_generator_too(cut: int) -> None:
    run = drawing_globally()
    branches = [drawing_globally(run.steps[: cut + 1], departure=Departure(1, noise_seed=seed)).latents for seed in (5, 5, 6)]
    assert torch.equal(branches[0], branches[1])
    assert not torch.equal(branches[0], branches[2])
    assert not torch.equal(branches[0], run.latents)


def test_the_global_generator_is_as_before_after_a_stop() -> None:
    before, control = torch.get_rng_state(), Control()
    control.stop()
    with pytest.raises(Stop):
        Watched(pipeline()).go(control)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("cut", [0, 3])
def test_a_recording_of_an_older_version_resumes(cut: int) -> None:
    """It holds the state of the global generator only after steps that drew from it."""
    run, writer = whole("Euler a"), SnapshotWriter()
    records = [dataclasses.replace(read_snapshot(run.steps, number), global_generator=None) for number in range(cut + 1)]
    older = [dataclasses.replace(step, snapshot=writer.write(record)) for step, record in zip(run.steps, records, strict=False)]
    assert torch.equal(Watched(pipeline("Euler a")).go(history=older).latents, run.latents)


def steps_of(observations: Sequence[Observation]) -> list[Step]:
    return [Step(each.number, each.timestep, 0, 0, 0, 0, None, None, None, True, each.snapshot) for each in observations]


# -- pausing and stopping


@pytest.mark.slow
@EACH_SAMPLER
def test_a_paused_run_resumes_exactly(model: str, sampler: Sampler) -> None:
    run = whole(sampler, model)
    paused = Watched(pipeline(sampler, model)).go(until=3)
    assert paused.latents is None
    assert [step.number for step in paused.steps] == [0, 1, 2, 3]
    paused.go(history=tuple(paused.steps), until=4)
    paused.go(history=tuple(paused.steps))
    assert torch.equal(paused.latents, run.latents)
    assert [step.snapshot for step in paused.steps] == [step.snapshot for step in run.steps]


def test_pausing_before_the_first_step_calls_no_denoiser() -> None:
    run = Watched(pipeline())
    with counted(run.pipeline) as made:
        run.go(until=0)
    assert [step.number for step in run.steps] == [0]
    assert not made


def test_there_is_no_pause_after_the_last_step() -> None:
    assert Watched(pipeline()).go(until=7).latents is not None


@pytest.mark.slow
@pytest.mark.parametrize(("name", "operation"), [("DDIM", 1), ("DDIM", 150), ("UniPC", 77), ("Heun", 40), ("Heun", 150), ("Euler a", 100)])
def test_after_a_stop_inside_a_step_everything_is_as_before(name: str, operation: int) -> None:
    run = whole(name)
    stopped, control, passed = Watched(pipeline(name)), Control(), []

    def count(*_: Any) -> None:
        passed.append(1)
        if len(passed) == operation:
            control.stop()

    watchers = [module.register_forward_pre_hook(count) for module in stopped.pipeline.unet.modules()]
    with pytest.raises(Stop):
        stopped.go(control)
    for watcher in watchers:
        watcher.remove()
    assert is_untouched(stopped.pipeline)
    assert torch.is_grad_enabled()
    done = tuple(stopped.steps)
    assert [step.snapshot for step in done] == [step.snapshot for step in run.steps[: len(done)]]
    assert torch.equal(stopped.go(history=done).latents, run.latents)
    assert torch.equal(stopped.go().latents, run.latents)


@pytest.mark.parametrize("name", ["DDIM", "DPM++ 2M Karras", "LMS"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_nan_or_infinity_ends_the_run_within_the_step(name: str, value: float) -> None:
    run = Watched(pipeline(name))
    calls: list[int] = []

    def spoil(module: torch.nn.Module, args: Any, output: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return output.index_fill(3, torch.tensor(0), value) if len(calls) == 3 else output

    with run.pipeline.unet.conv_out.register_forward_hook(spoil), pytest.raises(NotANumber) as raised:
        run.go()
    assert raised.value.values == {"step": 3}
    assert [step.number for step in run.steps] == [0, 1, 2]
    assert len(calls) == 3


# -- watching


def test_watching_changes_nothing_even_if_it_fails() -> None:
    def render(x0: torch.Tensor | None, x_t: torch.Tensor) -> StepImages:
        if x0 is None:
            raise MemoryError("no room for a preview")
        torch.nn.functional.interpolate(x0, scale_factor=8)
        pixels = Pixels(1, 1, bytes(3))
        return StepImages(pixels, pixels, pixels, approximate=False)

    seen, blind = Watched(pipeline("Euler a")).go(renderer=render), whole("Euler a")
    assert torch.equal(seen.latents, blind.latents)
    assert [step.snapshot for step in seen.steps] == [step.snapshot for step in blind.steps]
    assert seen.steps[0].thumbnail is None
    assert all(step.estimate and step.thumbnail and not step.approximate for step in seen.steps[1:])


@pytest.mark.slow
@EACH
def test_the_picture_comes_out_of_the_noise(model: str, sampler: Sampler) -> None:
    rendered: list[tuple[torch.Tensor | None, torch.Tensor]] = []
    run = Watched(pipeline(sampler, model)).go(renderer=lambda x0, x_t: rendered.append((x0, x_t)) or StepImages())
    noise, final = rendered[0][1], run.latents
    assert rendered[0][0] is None
    assert 0.8 < noise.std() < 1.2
    assert correlation(rendered[-1][0], final) > 0.99
    assert correlation(rendered[1][1], noise) > 0.5 or sampler.draws or sampler.few_steps  # which add their own
    assert correlation(rendered[0][1], final) < correlation(rendered[-2][1], final)
    sigmas = [step.sigma for step in run.steps]
    assert sigmas == sorted(sigmas, reverse=True)
    assert run.steps[-1].alpha_cumprod > 0.999
    assert run.steps[0].alpha_cumprod < 0.05
    for number, (x0, x_t) in enumerate(rendered):
        record = read_snapshot(run.steps, number)
        assert torch.equal(record.x0, x_t if x0 is None else x0)
        assert torch.equal(record.noisy, x_t)
    assert torch.equal(read_snapshot(run.steps, len(rendered) - 1).latents, final)


def correlation(one: torch.Tensor, other: torch.Tensor) -> float:
    return torch.corrcoef(torch.stack([one.flatten(), other.flatten()]))[0, 1].item()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "sampler"),
    [
        (model, sampler)
        for model, sampler in CASES
        if hasattr(getattr(diffusers, sampler.scheduler)(), "model_outputs") and sampler.name != "DEIS"  # which keeps the noise
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_x0_is_what_the_sampler_itself_believes(model: str, sampler: Sampler) -> None:
    made, pairs = pipeline(sampler, model), []
    Watched(made).go(renderer=lambda x0, x_t: pairs.append((x0, made.scheduler.model_outputs[-1])) or StepImages())
    assert all((x0 - own).abs().max() <= 1e-4 * own.abs().max() for x0, own in pairs[1:])


def test_the_noise_left_after_each_step_is_exact() -> None:
    run = whole("DPM++ 2M Karras")
    assert [step.sigma for step in run.steps] == pytest.approx(run.pipeline.scheduler.sigmas.tolist(), rel=1e-6)
    run = whole("DDIM")
    expected = [float(run.pipeline.scheduler.alphas_cumprod[int(timestep)]) for timestep in (*run.plans[0], 0)]
    assert [step.alpha_cumprod for step in run.steps] == pytest.approx(expected, rel=1e-6)
    assert all(step.sigma == pytest.approx(math.sqrt(1 / step.alpha_cumprod - 1)) for step in run.steps)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "sampler"), [case for case in CASES if case[0] == "v, zero SNR"], ids=lambda value: getattr(value, "name", value)
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_from_pure_noise_every_step_has_an_estimate_and_finite_numbers(model: str, sampler: Sampler, dtype: torch.dtype) -> None:
    make, arguments = MODELS[model]
    made = getattr(tiny, make)(**arguments)
    for network in (made.unet, made.text_encoder):
        network.to(dtype)
    made.scheduler = schedulers.build(sampler, made.scheduler.config)
    seen: list[torch.Tensor | None] = []
    run = Watched(made).go(renderer=lambda x0, x_t: seen.append(x0) or StepImages())
    assert all(x0.isfinite().all() and x0.std() < 10 for x0 in seen[1:])
    assert [step.log_snr for step in run.steps] == sorted(step.log_snr for step in run.steps)
    assert run.steps[0].log_snr < -16
    assert all(math.isfinite(step.log_snr) for step in run.steps[1:-1])


def test_pure_noise_has_no_signal() -> None:
    run = Watched(pipeline("DDIM", "v, zero SNR")).go(until=1)
    assert (run.steps[0].sigma, run.steps[0].alpha_cumprod, run.steps[0].log_snr) == (math.inf, 0.0, -math.inf)
    flow, seen = tiny.flux(), []
    with Seam(flow.pipeline, [], seen.append):
        flow.call(torch.Generator().manual_seed(1))
    assert seen[0].level.sigma == math.inf
    assert seen[-1].level.sigma == 0


def test_the_clock_leaves_out_rendering_and_recording() -> None:
    def render(x0: torch.Tensor | None, x_t: torch.Tensor) -> StepImages:
        torch.randn(4_000_000, generator=torch.Generator().manual_seed(0))  # some 30 ms
        return StepImages()

    run = Watched(pipeline()).go(renderer=render)
    seconds, overhead = ([getattr(step, name) for step in run.steps[1:]] for name in ("seconds", "overhead_seconds"))
    assert min(overhead) > min(seconds) > 0


# -- against stock diffusers in its own process; last, because that takes a while


@pytest.mark.slow
@EACH
def test_a_recorded_run_is_the_stock_run(model: str, sampler: Sampler, stock_latents: dict[str, torch.Tensor]) -> None:
    run = whole(sampler, model)
    assert torch.equal(run.latents, stock_latents[f"{sampler.name} · {model}"])
    [timesteps] = run.plans
    assert [step.number for step in run.steps] == list(range(len(timesteps) + 1))
    assert [step.timestep for step in run.steps] == [timesteps[0], *timesteps]
    assert is_untouched(run.pipeline)


@pytest.mark.slow
@pytest.mark.parametrize("name", tiny.FAMILIES)
def test_other_families_go_through_the_same_seam(name: str, stock_latents: dict[str, torch.Tensor]) -> None:
    def call(history: Sequence[Step] = (), until: int | None = None) -> tuple[torch.Tensor | None, list[Observation]]:
        family, seen = tiny.FAMILIES[name](), []
        generator = torch.Generator().manual_seed(stock.SEED)
        torch.manual_seed(stock.SEED)
        try:
            with Seam(family.pipeline, [generator], seen.append, history=history, until=until):
                return family.call(generator), seen
        except Unwound:
            return None, seen
        finally:
            assert is_untouched(family.pipeline)

    latents, seen = call()
    assert torch.equal(latents, stock_latents[name])
    assert [each.number for each in seen] == list(range(6))
    for cut in (1, 3, 5):
        assert torch.equal(call(steps_of(seen)[: cut + 1])[0], latents)
    paused, before = call(until=2)
    assert paused is None
    assert [each.snapshot for each in before] == [each.snapshot for each in seen[:3]]

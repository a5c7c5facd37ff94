"""Pipelines of other classes than those on offer: recorded == stock, and resumed == uninterrupted at every kind of cut, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from desktop.diffusion.chain import Chain, Link
from desktop.diffusion.control import Control
from desktop.diffusion.denoise import Stretch, denoise
from desktop.diffusion.run import Stage, Step
from desktop.diffusion.seam import Course, Observation, Seam, Unwound
from desktop.diffusion.snapshot import MADE, read_snapshot
from tests import tiny, tiny_pipelines
from tests.stock import SEED
from tests.watched import Watched, is_untouched

torch.set_num_threads(1)

# Stages and calls of those that are not one stage of 4 calls.
STAGES = {
    "image to image, DDPM": [Stage("", 4)],
    "image to image, Heun": [Stage("", 7)],
    "Kandinsky 2.2": [Stage("prior", 3), Stage("", 4)],
    "UnCLIP": [Stage("prior", 2), Stage("decoder", 2), Stage("super_res", 2)],
}
UNKNOWN_ESTIMATE = ("Stable Cascade prior", "Stable Diffusion 3, ancestral")
UNKNOWN_LEVEL = ("aMUSEd", "Stable Diffusion 3, ancestral")
UNGUIDED = ("latent consistency model", "FLUX.2 Klein", "FLUX.2 Klein KV", "Sana Sprint", "consistency model")
RETURNED = (  # those whose pipeline makes something of the latents after its last step
    "inpainting",
    "DeepFloyd IF",
    "DeepFloyd IF, second stage",
    "FLUX.2 Klein",
    "FLUX.2 Klein, negative prompt",
    "FLUX.2 Klein KV",
    "Sana Sprint",
    "UnCLIP",
    "consistency model",
)
QUICK = ("Kandinsky 2.2", "FLUX.2 Klein KV", "Qwen-Image 2.1", "aMUSEd", "inpainting", "Stable Diffusion 3, LCM")

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")  # of deprecated pipelines


class Run:
    """One call of a tiny pipeline through the seam."""

    def __init__(self, family: tiny.Family, history: Sequence[Step] = (), until: int | None = None) -> None:
        self.seen: list[Observation] = []
        self.courses: list[Course] = []
        self.latents: torch.Tensor | None = None
        generator = torch.Generator().manual_seed(SEED)
        torch.manual_seed(SEED)
        try:
            with Seam(family.pipeline, [generator], self.seen.append, self.courses.append, history, until) as seam:
                self.latents = family.call(generator)
                seam.finish(self.latents)
        except Unwound:
            pass

    @property
    def steps(self) -> list[Step]:
        return [Step(each.number, each.timestep, None, None, 0, 0, None, None, None, True, each.snapshot) for each in self.seen]


@pytest.fixture(params=[pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in tiny_pipelines.PIPELINES])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_run_is_the_stock_run_and_resumes_exactly(name: str) -> None:
    family = tiny_pipelines.PIPELINES[name]()
    torch.manual_seed(SEED)
    stock = family.call(torch.Generator().manual_seed(SEED))
    run = Run(family)
    assert torch.equal(run.latents, stock)
    calls = len(run.seen) - 1
    for cut in sorted({0, 1, calls // 2, calls - 1, calls}):
        torch.manual_seed(99)
        resumed = Run(family, run.steps[: cut + 1])
        assert torch.equal(resumed.latents, stock), cut
        assert [each.snapshot for each in resumed.seen] == [each.snapshot for each in run.seen[cut + 1 :]], cut
        assert resumed.courses[-1] == run.courses[-1], cut
        paused = Run(family, until=cut)
        assert (paused.latents is None) is (cut < calls), cut
        assert [each.snapshot for each in paused.seen] == [each.snapshot for each in run.seen[: cut + 1]], cut
    schedulers = [part for part in family.pipeline.components.values() if hasattr(part, "set_timesteps")]
    assert is_untouched(family.pipeline, *schedulers)
    check(name, run)


def check(name: str, run: Run) -> None:
    """What the seam tells of the run: its course, and what is known of its steps."""
    [course, made] = run.courses[-1], run.seen[1:]
    assert course.is_whole
    assert list(course.stages) == STAGES.get(name, [Stage("", 4)])
    assert [each.number for each in run.seen] == list(range(len(course.timesteps) + 1))
    assert [each.timestep for each in made] == list(course.timesteps)
    assert all((each.x0 is None) is (name in UNKNOWN_ESTIMATE) for each in made)
    assert all((each.level is None) is (name in UNKNOWN_LEVEL) for each in run.seen)
    guided = name not in (*UNGUIDED, *UNKNOWN_ESTIMATE, *UNKNOWN_LEVEL)
    stages = [stage.name for stage in course.stages for _ in range(stage.calls)]
    assert all((each.guided is not None) is guided for each, stage in zip(made, stages, strict=True) if stage != "super_res")
    last = read_snapshot(run.steps, len(made))
    assert (last.returned is not None) is (name in RETURNED)
    assert torch.equal(last.finished, run.latents)
    assert [each.record.calls for each in run.seen[-1:]] == [len(made)]


@pytest.mark.parametrize("name", ["FLUX.2 Klein KV", "Qwen-Image 2.1"])
def test_a_call_that_fills_a_cache_is_made_again_and_no_other(name: str) -> None:
    family = tiny_pipelines.PIPELINES[name]()
    run = Run(family)
    made = [[structure == MADE for structure in each.record.denoised] for each in run.seen[1:]]
    assert all(made[0])
    assert not any(map(any, made[1:]))


@pytest.mark.parametrize(
    ("name", "sign", "unprompted"),
    [("HiDream", -1, 0), ("FLUX.1, negative prompt", 1, 1), ("Z-Image", -1, 1), ("FLUX.2 Klein, negative prompt", 1, 1)],
)
def test_guidance_is_found_in_one_call_and_in_two_with_the_sign_of_the_family(name: str, sign: int, unprompted: int) -> None:
    """`unprompted`: which of the network's two outputs in a step is that without the prompt."""
    family, answers = tiny_pipelines.PIPELINES[name](), []

    def keep(network: torch.nn.Module, arguments: object, output: Any) -> None:
        first = output[0]
        answers.extend(first if isinstance(first, list) else first.split(1))

    with family.pipeline.transformer.register_forward_hook(keep):
        run = Run(family)
    for each, pair in zip(run.seen[1:], zip(answers[::2], answers[1::2], strict=True), strict=True):
        record = each.record
        assert record.mix is not None
        expected = record.mix[1] * (record.prediction - sign * pair[unprompted].reshape(record.prediction.shape))
        assert torch.allclose(each.guided, expected, atol=1e-5)


def resumes(pipeline: Any, arguments: dict[str, Any], expected: torch.Tensor) -> Watched:
    """A run by `denoise`, which returns `expected`, also if it is resumed after any step."""
    run = Watched(pipeline)
    run.latents = denoise(pipeline, Stretch(arguments, SEED), Control(), run)
    assert run.latents is not None
    assert torch.equal(run.latents, expected)
    for cut in range(len(run.steps)):
        resumed = Watched(pipeline)
        resumed.latents = denoise(pipeline, Stretch(arguments, SEED, tuple(run.steps[: cut + 1])), Control(), resumed)
        assert resumed.latents is not None
        assert torch.equal(resumed.latents, expected), cut
        assert [step.snapshot for step in resumed.steps] == [step.snapshot for step in run.steps[cut + 1 :]], cut
    return run


@pytest.mark.slow
def test_a_base_and_its_refiner_are_one_run_of_two_stages() -> None:
    base, refiner = tiny_pipelines.xl("StableDiffusionXLPipeline"), tiny_pipelines.xl("StableDiffusionXLImg2ImgPipeline")
    first = {**tiny_pipelines.PROMPT_XL, "num_inference_steps": 6, "denoising_end": 0.5, "height": 64, "width": 64}
    second = {**tiny_pipelines.PROMPT_XL, "num_inference_steps": 6, "denoising_start": 0.5}
    generator = torch.Generator().manual_seed(SEED)
    latents = base(**first, generator=generator, output_type="latent").images
    expected = refiner(**second, image=latents, generator=generator, output_type="latent").images
    chain = Chain([Link("base", base), Link("refiner", refiner)])
    courses: list[Course] = []
    with Seam(chain, [generator.manual_seed(SEED)], lambda seen: None, courses.append):
        chain(base=first, refiner=second, generator=generator)
    assert courses[-1].stages == (Stage("base", 3), Stage("refiner", 3))
    assert not courses[0].is_whole
    assert courses[-1].is_whole
    run = resumes(chain, {"base": first, "refiner": second}, expected)
    levels = [step.sigma for step in run.steps if step.sigma is not None]
    assert len(levels) == 7
    assert levels == sorted(levels, reverse=True)


@pytest.mark.slow
def test_what_a_guider_remembers_is_restored() -> None:
    """Its momentum is of all steps before."""
    family = tiny_pipelines.hunyuan_image()
    run = Run(family)
    assert run.seen[-1].record.guiders
    for cut in range(1, 4):
        assert torch.equal(Run(family, run.steps[: cut + 1]).latents, run.latents), cut

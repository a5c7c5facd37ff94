"""The samplers: names of other programs, schedulers that keep the model's training settings, and which fit a model."""

from __future__ import annotations

import inspect
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch

from desktop.diffusion import schedulers
from desktop.diffusion.adapters import Adapter
from desktop.diffusion.families import SANA_SPRINT, STABLE_DIFFUSION
from desktop.diffusion.families.description import NoiseProcess, Traits
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.samplers import SAMPLERS, Sampler, alike, sampler, unfit
from desktop.diffusion.schedule import level_before, writing_of
from desktop.errors import SamplerUnknown
from tests import tiny
from tests.offered import CLASSIC
from tests.tiny import PUBLISHED

torch.set_num_threads(1)

EACH = pytest.mark.parametrize("each", CLASSIC, ids=[each.name for each in CLASSIC])


def traits(denoiser_config: dict[str, Any] | None = None, **scheduler_config: Any) -> Traits:
    """Those of Stable Diffusion 1.5, but for the differences."""
    config = PUBLISHED | scheduler_config
    return STABLE_DIFFUSION.traits(config["_class_name"], {"scheduler": config, "unet": denoiser_config or {}})


def test_the_names_are_those_of_the_catalogue() -> None:
    assert [each.name for each in SAMPLERS] == [
        "DDIM",
        "DDPM",
        "Euler",
        "Euler a",
        "DPM++ 2M",
        "DPM++ 2M Karras",
        "DPM++ 2M SDE",
        "UniPC",
        "DEIS",
        "PNDM",
        "LMS",
        "Heun",
        "LCM",
        "Euler trailing",
        "DDIM trailing",
        "TCD",
        "SA-Solver",
        "DPM++ SDE",
        "SCM",
    ]
    assert sampler(Recipe().sampling.sampler).name == Recipe().sampling.sampler


@pytest.mark.parametrize(
    ("name", "meant"),
    {
        "ddim": "DDIM",
        "EULER": "Euler",
        "k_euler_a": "Euler a",
        "Euler ancestral": "Euler a",
        "dpmpp_2m": "DPM++ 2M",
        "dpm++ 2m karras": "DPM++ 2M Karras",
        "dpmpp_2m_sde": "DPM++ 2M SDE",
        "uni_pc": "UniPC",
        "deis": "DEIS",
        "PLMS": "PNDM",
        "k_lms": "LMS",
        "EulerDiscreteScheduler": "Euler",
        "DPMSolverMultistepScheduler": "DPM++ 2M",
        "lcm": "LCM",
        "tcd": "TCD",
        "sa_solver": "SA-Solver",
        "dpmpp_sde_gpu": "DPM++ SDE",
    }.items(),
)
def test_samplers_answer_to_the_names_other_programs_use(name: str, meant: str) -> None:
    assert sampler(name).name == meant


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SamplerUnknown, match="DPM\\+\\+ 2M Karras"):
        sampler("magic")


@EACH
@pytest.mark.parametrize("steps", [1, 2, 7, 50])
def test_how_many_steps_the_timeline_will_have_is_known_beforehand(each: Sampler, steps: int) -> None:
    scheduler = schedulers.build(each, PUBLISHED)
    scheduler.set_timesteps(steps)
    assert each.calls(steps) == len(scheduler.timesteps)


@pytest.mark.slow
@EACH
def test_the_catalogue_says_what_diffusers_can_do(each: Sampler) -> None:
    kind = getattr(diffusers, each.scheduler)
    knows_zero_snr = "rescale_betas_zero_snr" in inspect.signature(kind.__init__).parameters
    assert each.zero_snr == (knows_zero_snr and not each.options.get("use_karras_sigmas"))
    for prediction in ("epsilon", "v_prediction", "sample"):
        scheduler = schedulers.build(each, {**PUBLISHED, "prediction_type": prediction})
        scheduler.set_timesteps(4)
        x = torch.ones(1, 4, 2, 2)
        timestep = scheduler.timesteps[0]
        scheduler.scale_model_input(x, timestep)
        if prediction in each.predictions:
            scheduler.step(x, timestep, x)
        else:
            with pytest.raises((ValueError, NotImplementedError)):
                scheduler.step(x, timestep, x)


@EACH
def test_a_scheduler_is_the_one_that_diffusers_would_make(each: Sampler) -> None:
    own = diffusers.PNDMScheduler.from_config(PUBLISHED)
    theirs = getattr(diffusers, each.scheduler).from_config(own.config, **each.options)
    for config in (PUBLISHED, own.config):
        ours = schedulers.build(each, config)
        assert {name: value for name, value in ours.config.items() if not name.startswith("_")} == {
            name: theirs.config[name] for name in ours.config if not name.startswith("_")
        }


@EACH
def test_what_the_config_leaves_out_is_the_models_not_the_samplers(each: Sampler) -> None:
    built = schedulers.build(each, {"_class_name": "DDPMScheduler"}).config  # linear betas from 0.0001 to 0.02
    assert (built.beta_start, built.beta_end, built.beta_schedule) == (0.0001, 0.02, "linear")
    assert not built.get("clip_sample")


def test_overrides_hold_where_the_model_has_only_defaults() -> None:
    karras = schedulers.build(sampler("DPM++ 2M Karras"), diffusers.DPMSolverMultistepScheduler().config)
    assert karras.config.use_karras_sigmas
    plain = schedulers.build(sampler("DPM++ 2M"), diffusers.DPMSolverMultistepScheduler(use_karras_sigmas=True).config)
    assert not plain.config.use_karras_sigmas


@pytest.mark.slow
@EACH
def test_v_prediction_trailing_steps_and_zero_snr_stay_the_models(each: Sampler) -> None:
    model = tiny.pipeline("v_prediction", zero_snr=True).scheduler.config
    built = schedulers.build(each, model).config
    spacing = built.get("timestep_spacing", "trailing")  # one has none
    assert (built.prediction_type, spacing, built.get("steps_offset", 1)) == ("v_prediction", "trailing", 1)
    if each.zero_snr:
        assert built.rescale_betas_zero_snr


@pytest.mark.slow
@pytest.mark.parametrize("steps", [1, 2, 50, 150])
@EACH
def test_from_pure_noise_every_step_finds_its_timestep(each: Sampler, steps: int) -> None:
    """With an oracle for a model: whatever v it is asked for, it knows the picture."""
    model = tiny.pipeline("v_prediction", zero_snr=True).scheduler.config
    if unfit(each, STABLE_DIFFUSION.traits("DDIMScheduler", {"scheduler": model})):
        return
    picture = torch.linspace(-1, 1, 4 * 8 * 8).reshape(1, 4, 8, 8)
    scheduler = schedulers.build(each, model)
    scheduler.set_timesteps(steps)
    writing = writing_of(scheduler)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(picture.shape, generator=generator) * scheduler.init_noise_sigma
    options = {"generator": generator} if "generator" in inspect.signature(scheduler.step).parameters else {}
    for call, timestep in enumerate(scheduler.timesteps):
        given, level = scheduler.scale_model_input(x, timestep), level_before(scheduler, writing, call, timestep)
        power = math.hypot(level.signal, level.noise)
        signal, noise = level.signal / power, level.noise / power  # of `given`, which has unit variance
        x = scheduler.step((signal * given - picture) / noise, timestep, x, **options)[0]
        assert x.isfinite().all()
    assert (x - picture).abs().max() < 0.25


def test_what_does_not_fit_says_why() -> None:
    zero_snr = traits(rescale_betas_zero_snr=True, prediction_type="v_prediction")
    x0 = traits(prediction_type="sample")
    assert [each.name for each in SAMPLERS if unfit(each, traits())] == ["LCM", "TCD", "SCM"]
    assert [each.name for each in SAMPLERS if unfit(each, traits().with_adapters([Adapter("lcm-lora")]))] == ["SCM"]
    assert unfit(sampler("LCM"), traits().with_adapters([Adapter("off", 0.0)]))
    assert [each.name for each in SAMPLERS if unfit(each, zero_snr)] == [
        "DPM++ 2M Karras",
        "DEIS",
        "PNDM",
        "LMS",
        "Heun",
        "LCM",
        "TCD",
        "SA-Solver",
        "DPM++ SDE",
        "SCM",
    ]
    assert [each.name for each in SAMPLERS if unfit(each, x0)] == ["Euler a", "PNDM", "LCM", "TCD", "SCM"]
    assert all(unfit(each, traits(prediction_type="flow_prediction")) for each in SAMPLERS)


def test_a_model_that_counts_in_angles_has_one_sampler() -> None:
    sprint = SANA_SPRINT.traits("SCMScheduler", {"scheduler": {"prediction_type": "trigflow"}, "transformer": {"guidance_embeds": True}})
    assert [each.name for each in SAMPLERS if not unfit(each, sprint)] == ["SCM"]


def test_models_with_straight_lines_have_samplers_of_their_own() -> None:
    assert [each.name for each in SAMPLERS if not unfit(each, FLOW)] == ["Euler", "DPM++ 2M", "UniPC", "Heun"]
    assert unfit(sampler("LCM"), replace(FLOW, distilled=True)) is None
    assert alike(sampler("Euler"), sampler("UniPC"), FLOW)
    assert not alike(sampler("Euler"), sampler("Heun"), FLOW)


FLOW = Traits(process=NoiseProcess.FLOW)
FLOW_CONFIGS = [
    {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0},
    {"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": True},
    {"_class_name": "DPMSolverMultistepScheduler", "use_flow_sigmas": True, "prediction_type": "flow_prediction", "flow_shift": 3.0},
]


@pytest.mark.parametrize("config", FLOW_CONFIGS, ids=["shift", "dynamic", "solver"])
@pytest.mark.parametrize("each", [each for each in SAMPLERS if each.flow], ids=lambda each: each.name)
def test_every_flow_sampler_takes_the_models_noise_levels_and_arrives(each: Sampler, config: dict[str, object]) -> None:
    """An oracle that knows the picture leads every sampler to it, whether the pipeline chooses the noise levels or not."""
    own = schedulers.build(sampler("DPM++ 2M" if "use_flow_sigmas" in config else "Euler"), config, FLOW)
    scheduler = schedulers.build(each, config, FLOW)
    dynamic = {"mu": 0.8} if config.get("use_dynamic_shifting") else {}
    for given in ({"num_inference_steps": 6}, *([] if "use_flow_sigmas" in config else [{"sigmas": [1.0, 0.8, 0.6, 0.4, 0.2, 0.1]}])):
        own.set_timesteps(**given, **dynamic)
        scheduler.set_timesteps(**given, **dynamic)
        assert len(scheduler.timesteps) == each.calls(6)
        assert sorted(set(scheduler.timesteps.tolist())) == sorted(set(own.timesteps.tolist()))
        picture, noise = torch.full((1, 4, 8, 8), 0.7), torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
        latents = noise
        for sigma, timestep in zip(scheduler.sigmas.tolist(), scheduler.timesteps, strict=False):
            latents = scheduler.step((latents - picture) / sigma, timestep, latents, return_dict=False)[0]
        torch.testing.assert_close(latents, picture, atol=2e-3, rtol=0)


def test_lcm_fits_what_was_distilled_for_it() -> None:
    assert unfit(sampler("LCM"), traits({"time_cond_proj_dim": 256})) is None
    assert unfit(sampler("LCM"), traits(_class_name="LCMScheduler")) is None
    scheduler = schedulers.build(sampler("LCM"), PUBLISHED)
    scheduler.set_timesteps(sampler("LCM").most_steps)
    with pytest.raises(ValueError, match="original_steps"):
        scheduler.set_timesteps(sampler("LCM").most_steps + 1)


def test_the_catalogue_needs_no_torch() -> None:
    code = "import sys, desktop.diffusion.samplers; sys.exit(bool({'torch', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, check=False).returncode == 0

"""The samplers on offer: their names, the diffusers scheduler behind each, and which of them fit a model. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import QT_TRANSLATE_NOOP, SamplerUnknown
from .families.description import NoiseProcess, Traits
from .fields import MOST_STEPS

V, X0, ANGLES = "v_prediction", "sample", "trigflow"  # the last: timesteps are angles
EVERY = frozenset({"epsilon", V, X0})


@dataclass(frozen=True, slots=True)
class Sampler:
    """A method of denoising. `aliases` are the names that other programs use for it."""

    name: str
    scheduler: str  # class name in diffusers
    note: str  # one sentence that describes it to the user; marked for translation
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)  # on top of the model's own scheduler config
    aliases: tuple[str, ...] = ()
    flow: str = ""  # the class for models that were trained with straight lines from noise to picture; "" if there is none
    edm: str = ""  # the class for models that were trained as Karras et al. 2022 say; "" if there is none
    predictions: frozenset[str] = EVERY  # prediction types that it supports (from the source of diffusers 0.42.1)
    zero_snr: bool = True  # can start from pure noise: supports `rescale_betas_zero_snr`
    most_steps: int = MOST_STEPS
    draws: bool = False  # adds new random noise in its steps
    restarts: bool = True  # can start in the middle of its timesteps without the earlier steps
    few_steps: bool = False  # only for models that were distilled for it

    def calls(self, steps: int) -> int:
        """How often the scheduler is called in a run of `steps` steps: the number of steps in the timeline."""
        match self.scheduler:
            case "HeunDiscreteScheduler":
                return 2 * steps - 1
            case "PNDMScheduler":
                return steps + 1 if steps > 1 else 1
            case _:
                return steps


SAMPLERS: tuple[Sampler, ...] = (
    Sampler(
        "DDIM",
        "DDIMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "The classic method: deterministic after the starting noise, in small even steps."),
    ),
    Sampler(
        "DDPM",
        "DDPMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "The original method: adds new noise at every step. Needs many steps."),
        draws=True,
    ),
    Sampler(
        "Euler",
        "EulerDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "One straight line per step: simple, fast and reliable."),
        aliases=("k_euler", "FlowMatchEulerDiscreteScheduler", "EDMEulerScheduler"),
        flow="FlowMatchEulerDiscreteScheduler",
        edm="EDMEulerScheduler",
    ),
    Sampler(
        "Euler a",
        "EulerAncestralDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Euler with new noise at every step: varied results that change with the number of steps."),
        aliases=("Euler ancestral", "k_euler_a", "k_euler_ancestral"),
        predictions=frozenset({"epsilon", V}),
        draws=True,
    ),
    Sampler(
        "DPM++ 2M",
        "DPMSolverMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Uses the previous step too: good pictures in 20 to 30 steps."),
        {"algorithm_type": "dpmsolver++", "use_karras_sigmas": False},
        aliases=("k_dpmpp_2m", "EDMDPMSolverMultistepScheduler"),
        flow="DPMSolverMultistepScheduler",
        edm="EDMDPMSolverMultistepScheduler",
    ),
    # With σ = 4096 at the start its first timesteps are all equal, and diffusers counts its steps wrongly: no `zero_snr`.
    Sampler(
        "DPM++ 2M Karras",
        "DPMSolverMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "DPM++ 2M with more of its steps at low noise, where detail forms."),
        {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True},
        aliases=("k_dpmpp_2m_karras", "DPM++ 2M K"),
        zero_snr=False,
    ),
    Sampler(
        "DPM++ 2M SDE",
        "DPMSolverMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "DPM++ 2M with new noise at every step: more detail, needs a few more steps."),
        {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": False},
        aliases=("k_dpmpp_2m_sde", "dpmpp_2m_sde_gpu"),
        draws=True,
    ),
    Sampler(
        "UniPC",
        "UniPCMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Predicts, then corrects the prediction: good pictures in 10 to 20 steps."),
        aliases=("uni_pc_bh2",),
        flow="UniPCMultistepScheduler",
    ),
    Sampler(
        "DEIS",
        "DEISMultistepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Extrapolates from earlier steps: good pictures in 10 to 20 steps."),
        zero_snr=False,
    ),
    Sampler(
        "PNDM",
        "PNDMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "The first default of Stable Diffusion. Computes its second step twice, so 50 steps are 51 calls."),
        {"skip_prk_steps": True},
        aliases=("PLMS",),
        predictions=frozenset({"epsilon", V}),
        zero_snr=False,
        restarts=False,
    ),
    Sampler(
        "LMS",
        "LMSDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Extrapolates from the last four steps."),
        aliases=("k_lms",),
        zero_snr=False,
        restarts=False,
    ),
    Sampler(
        "Heun",
        "HeunDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Predicts and corrects every step, which takes twice the time: 50 steps are 99 calls."),
        aliases=("k_heun", "FlowMatchHeunDiscreteScheduler"),
        flow="FlowMatchHeunDiscreteScheduler",
        zero_snr=False,
    ),
    # diffusers selects its steps from the 50 that the model was distilled on.
    Sampler(
        "LCM",
        "LCMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "For models distilled to need only 4 to 8 steps."),
        aliases=("FlowMatchLCMScheduler",),
        flow="FlowMatchLCMScheduler",
        most_steps=50,
        draws=True,
        few_steps=True,
    ),
    # As few-step models were trained: the steps end at the least noise, and begin at the most. A1111's "SGM Uniform".
    Sampler(
        "Euler trailing",
        "EulerDiscreteScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Euler for few-step models and LoRAs such as Lightning: begins at the strongest noise."),
        {"timestep_spacing": "trailing"},
        aliases=("Euler sgm_uniform",),
    ),
    Sampler(
        "DDIM trailing",
        "DDIMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "DDIM for few-step models and LoRAs such as Hyper-SD: begins at the strongest noise."),
        {"timestep_spacing": "trailing"},
        aliases=("DDIM sgm_uniform",),
    ),
    # The stock calls give it no noise of its own (`eta` 0). It selects its steps from 50, as LCM.
    Sampler(
        "TCD",
        "TCDScheduler",
        QT_TRANSLATE_NOOP("Safelight", "For models and LoRAs distilled to need only 1 to 8 steps, such as Hyper-SD; adds no noise."),
        most_steps=50,
        few_steps=True,
    ),
    Sampler(
        "SA-Solver",
        "SASolverScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Predicts and corrects from earlier steps, with new noise at each: detailed in 20 steps."),
        aliases=("sa_solver",),
        zero_snr=False,
        draws=True,
    ),
    # diffusers' own table of k-diffusion's samplers names this class for it; `DPMSolverSDEScheduler` needs a package that is not there.
    Sampler(
        "DPM++ SDE",
        "DPMSolverSinglestepScheduler",
        QT_TRANSLATE_NOOP("Safelight", "Two calls for each stretch, with new noise at each: detailed and slow to change."),
        {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": False, "lower_order_final": True},
        aliases=("k_dpmpp_sde", "dpmpp_sde_gpu"),
        zero_snr=False,
        draws=True,
    ),
    # Latents of unit variance: `sigma_data` is a power of two in every known model, so the stock call computes the same bits with 1.
    Sampler(
        "SCM",
        "SCMScheduler",
        QT_TRANSLATE_NOOP("Safelight", "For Sana Sprint, which needs only 1 to 4 steps: predicts the picture, then adds new noise."),
        {"sigma_data": 1.0},
        predictions=frozenset({ANGLES}),
        draws=True,
        restarts=False,
    ),
)


# Samplers that use the same timesteps, by the spacing in the model's scheduler config. Without one, every diffusers scheduler uses
# its own default, which groups the samplers as "linspace" does. Karras, PNDM and Heun share their timesteps with no other.
_TRAILING = frozenset({"Euler trailing", "DDIM trailing"})
_FEW = frozenset({"LCM", "TCD"})
_MULTISTEP = frozenset({"DPM++ 2M", "DPM++ 2M SDE", "UniPC", "DEIS", "SA-Solver"})
_ALIKE: Mapping[str, tuple[frozenset[str], ...]] = {
    "trailing": (frozenset({"DDIM", "DDPM", "Euler", "Euler a", "LMS"}) | _MULTISTEP | _TRAILING, _FEW),
    "leading": (frozenset({"DDIM", "DDPM", "Euler", "Euler a", "LMS"}), _MULTISTEP, _TRAILING, _FEW),
    "linspace": (frozenset({"DDIM", "DDPM"}), frozenset({"Euler", "Euler a", "LMS"}), _MULTISTEP | {"DPM++ SDE"}, _TRAILING, _FEW),
}


def sampler(name: str) -> Sampler:
    """The sampler called `name` by us, diffusers, A1111 or k-diffusion; raises `SamplerUnknown`."""
    try:
        return _BY_NAME[_plain(name)]
    except KeyError:
        raise SamplerUnknown(sampler=name, known=", ".join(each.name for each in SAMPLERS)) from None


def unfit(sampler: Sampler, traits: Traits) -> str | None:
    """Why `sampler` cannot be used with a model of these traits, marked for translation; None if it can."""
    if traits.samplers and sampler.name not in traits.samplers:
        return QT_TRANSLATE_NOOP("Safelight", "the pipeline of this model cannot use it")
    is_flow, is_edm = traits.process is NoiseProcess.FLOW, traits.process is NoiseProcess.EDM
    if (is_flow and not sampler.flow) or (is_edm and not sampler.edm):
        return QT_TRANSLATE_NOOP("Safelight", "this model was trained with another kind of noise")
    if sampler.few_steps and not traits.distilled:
        return QT_TRANSLATE_NOOP("Safelight", "it works only with models that were distilled for it")
    if is_flow or is_edm:
        return None
    if traits.zero_snr and not sampler.zero_snr:
        return QT_TRANSLATE_NOOP("Safelight", "it cannot start from pure noise, as this model does")
    if traits.prediction not in sampler.predictions:
        return QT_TRANSLATE_NOOP("Safelight", "it does not support the prediction type of this model")
    return None


def alike(one: Sampler, other: Sampler, traits: Traits) -> bool:
    """Whether both samplers use the same timesteps."""
    if traits.process is NoiseProcess.EDM:  # their noise levels differ in low bits
        return one == other
    if traits.process is NoiseProcess.FLOW:
        return one == other or "Heun" not in (one.name, other.name)
    return one == other or any({one.name, other.name} <= group for group in _ALIKE.get(traits.spacing or "linspace", ()))


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name.casefold()).replace("dpmpp", "dpm++")


_BY_NAME = {
    **{_plain(each.scheduler): each for each in reversed(SAMPLERS)},  # reversed: of two samplers with the same scheduler, the first counts
    **{_plain(alias): each for each in SAMPLERS for alias in (each.name, *each.aliases)},
}

"""Levels and estimates of every scheduler that diffusers has, against a network that knows the finished picture: right or unknown."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import diffusers
import pytest
import torch

from desktop.diffusion import schedulers
from desktop.diffusion.seam import Observation, Seam
from tests.offered import CLASSIC
from tests.tiny import PUBLISHED, SCALED_LINEAR

STEPS = 7
DATA = 0.5  # the standard deviation of pictures that EDM and consistency models were trained with
LATENTS = (1, 4, 48, 48)
PICTURE = torch.randn(LATENTS, generator=torch.Generator().manual_seed(0))
BETAS = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
ALPHAS = (1 - BETAS).cumprod(0)  # ᾱ by timestep
FLOW = {"use_flow_sigmas": True, "prediction_type": "flow_prediction", "flow_shift": 3.0}

Oracle = Callable[[torch.Tensor, float], torch.Tensor]  # what the network answers for its input at a timestep


def preserving(prediction: str) -> Oracle:
    """As trained on x_t = √ᾱ·x0 + √(1−ᾱ)·noise; between two timesteps log σ is interpolated."""

    def answer(given: torch.Tensor, timestep: float) -> torch.Tensor:
        below = min(max(int(timestep), 0), 998)
        low, high = (0.5 * math.log(float(1 / ALPHAS[place] - 1)) for place in (below, below + 1))
        sigma = math.exp(low + (timestep - below) * (high - low))
        signal, noise = 1 / math.hypot(1, sigma), sigma / math.hypot(1, sigma)
        drawn = (given - signal * PICTURE) / noise
        return {"epsilon": drawn, "v_prediction": signal * drawn - noise * PICTURE, "sample": PICTURE}[prediction]

    return answer


def flow(given: torch.Tensor, timestep: float) -> torch.Tensor:
    return (given - PICTURE) / (timestep / 1000)


def edm(given: torch.Tensor, timestep: float) -> torch.Tensor:
    """Karras et al. 2022, table 1; the input is scaled to variance 1."""
    sigma = math.exp(4 * timestep)
    noisy = given * math.hypot(sigma, DATA)
    return (DATA * PICTURE - noisy * DATA**2 / (sigma**2 + DATA**2)) / (sigma * DATA / math.hypot(sigma, DATA))


def consistency(given: torch.Tensor, timestep: float) -> torch.Tensor:
    """Song et al. 2023, appendix C."""
    sigma = math.exp(4 * timestep / 1000)
    noisy, least = given * math.hypot(sigma, DATA), 0.002
    skip = DATA**2 / ((sigma - least) ** 2 + DATA**2)
    return (0.2 * PICTURE - skip * noisy) / ((sigma - least) * DATA / math.hypot(sigma, DATA))


def wuerstchen(given: torch.Tensor, timestep: float) -> torch.Tensor:
    """ε at a cosine schedule: Nichol and Dhariwal 2021, eq. 17."""
    alpha = min(max(math.cos((timestep + 0.008) / 1.008 * math.pi / 2) ** 2 / math.cos(0.008 / 1.008 * math.pi / 2) ** 2, 1e-4), 0.9999)
    return (given - alpha**0.5 * PICTURE) / (1 - alpha) ** 0.5


def angles(given: torch.Tensor, timestep: float) -> torch.Tensor:
    """Lu and Song 2024: the direction of noise from the picture."""
    signal, noise = math.cos(timestep), math.sin(timestep)
    return signal * (given - signal * PICTURE) / noise - noise * PICTURE


def unlike(given: torch.Tensor, timestep: float) -> torch.Tensor:
    """Anything: the scheduler tells nothing that could be compared."""
    return given * 0.1


@dataclass(frozen=True)
class Case:
    name: str
    make: Callable[[], Any]
    oracle: Oracle
    scale: float = 1.0  # of the picture at the end
    has_level: bool = True
    has_estimate: bool = True


def diffusion(kind: str, predictions: tuple[str, ...] = ("epsilon", "v_prediction"), **options: Any) -> list[Case]:
    named = " ".join(f"{value}" for value in options.values() if value is not True)
    return [
        Case(
            f"{kind} {named} {prediction}".replace("  ", " "),
            lambda prediction=prediction: getattr(diffusers, f"{kind}Scheduler")(
                **accepted(kind, {**SCALED_LINEAR, "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}),
                prediction_type=prediction,
                **options,
            ),
            preserving(prediction),
        )
        for prediction in predictions
    ]


def accepted(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    known = inspect.signature(getattr(diffusers, f"{kind}Scheduler").__init__).parameters
    return {name: value for name, value in options.items() if name in known}


CASES = [
    *(Case(f"on offer: {sampler.name}", lambda s=sampler: schedulers.build(s, PUBLISHED), preserving("epsilon")) for sampler in CLASSIC),
    *diffusion("DDIM", ("epsilon", "v_prediction", "sample")),
    *diffusion("DDIM", timestep_spacing="trailing"),
    *diffusion("DDIMParallel"),
    *diffusion("DDPM", ("epsilon", "v_prediction", "sample")),
    *diffusion("DDPMParallel"),
    *diffusion("PNDM"),
    *diffusion("PNDM", skip_prk_steps=True),
    *diffusion("LCM"),
    *diffusion("TCD"),
    *diffusion("EulerDiscrete", ("epsilon", "v_prediction")),
    *diffusion("EulerDiscrete", use_karras_sigmas=True),
    *diffusion("EulerDiscrete", use_exponential_sigmas=True),
    *diffusion("EulerDiscrete", timestep_spacing="trailing"),
    *diffusion("EulerAncestralDiscrete"),
    *diffusion("LMSDiscrete"),
    *diffusion("HeunDiscrete"),
    *diffusion("HeunDiscrete", use_karras_sigmas=True),
    *diffusion("KDPM2Discrete"),
    *diffusion("KDPM2Discrete", use_karras_sigmas=True),
    *diffusion("KDPM2AncestralDiscrete"),
    *diffusion("DPMSolverMultistep", ("epsilon", "v_prediction", "sample")),
    *diffusion("DPMSolverMultistep", algorithm_type="sde-dpmsolver++"),
    *diffusion("DPMSolverMultistep", solver_order=3, use_karras_sigmas=True),
    *diffusion("DPMSolverSinglestep"),
    *diffusion("DPMSolverSinglestep", use_karras_sigmas=True),
    *diffusion("UniPCMultistep", ("epsilon", "v_prediction", "sample")),
    *diffusion("UniPCMultistep", use_karras_sigmas=True),
    *diffusion("DEISMultistep"),
    *diffusion("SASolver"),
    *(
        Case(f"{kind} flow", lambda kind=kind: getattr(diffusers, f"{kind}Scheduler")(**FLOW), flow)
        for kind in ("DPMSolverMultistep", "DPMSolverSinglestep", "UniPCMultistep", "DEISMultistep", "SASolver")
    ),
    Case("FlowMatchEuler", diffusers.FlowMatchEulerDiscreteScheduler, flow),
    Case("FlowMatchEuler shift", lambda: diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0), flow),
    Case("FlowMatchEuler karras", lambda: diffusers.FlowMatchEulerDiscreteScheduler(use_karras_sigmas=True), flow),
    Case("FlowMatchEuler stochastic", lambda: diffusers.FlowMatchEulerDiscreteScheduler(stochastic_sampling=True), flow),
    Case(
        "FlowMatchEuler inverted",
        lambda: diffusers.FlowMatchEulerDiscreteScheduler(invert_sigmas=True),
        unlike,
        has_level=False,
        has_estimate=False,
    ),
    Case("FlowMatchHeun", diffusers.FlowMatchHeunDiscreteScheduler, flow),
    Case("FlowMatchLCM", diffusers.FlowMatchLCMScheduler, flow),
    Case("FlowMapEuler", lambda: diffusers.FlowMapEulerDiscreteScheduler(shift=3.0), flow),
    Case("LTXEulerAncestralRF", diffusers.LTXEulerAncestralRFScheduler, flow, has_level=False, has_estimate=False),
    Case("EDMEuler", diffusers.EDMEulerScheduler, edm, DATA),
    Case("EDMDPMSolverMultistep", diffusers.EDMDPMSolverMultistepScheduler, edm, DATA),
    Case("CMStochasticIterative", lambda: diffusers.CMStochasticIterativeScheduler(clip_denoised=False), consistency, 0.2),
    Case("SCM", lambda: diffusers.SCMScheduler(sigma_data=1.0), angles),
    Case("IPNDM", diffusers.IPNDMScheduler, unlike, has_level=False, has_estimate=False),
    Case("DDPMWuerstchen", diffusers.DDPMWuerstchenScheduler, wuerstchen, has_estimate=False),
]


def is_quick(case: Case) -> bool:
    """On offer, or once wrong, and not slow in itself as KDPM2."""
    return case.name.startswith(("on offer", "TCD", "EDM", "CM", "SCM", "Flow", "LTX"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name, marks=() if is_quick(case) else pytest.mark.slow) for case in CASES])
def test_level_and_estimate_are_right_or_unknown(case: Case) -> None:
    for seen in observed(case):
        level, x_t = seen.level, seen.record.latents
        if seen.number and seen.x0 is not None:
            picture = PICTURE * case.scale
            assert float((seen.x0 - picture).square().mean().sqrt()) < 0.01 * float(picture.std()), (seen.number, "x0")
        if level is not None and seen.number:
            signal = float((x_t * PICTURE).sum() / PICTURE.square().sum()) / case.scale
            noise = float((x_t - signal * case.scale * PICTURE).std())
            most = 0.06 * math.hypot(signal, noise)  # by chance noise resembles the picture, and seven steps are few
            assert abs(level.signal - signal) * case.scale < most, (seen.number, level, signal, noise)
            assert abs(level.noise - noise) < most, (seen.number, level, signal, noise)
        assert case.has_level is (level is not None)
        assert not seen.number or case.has_estimate is (seen.x0 is not None)


def observed(case: Case) -> list[Observation]:
    scheduler, seen = case.make(), []
    network = Network(case.oracle)
    generator = torch.Generator().manual_seed(1)
    with Seam(SimpleNamespace(components={"scheduler": scheduler, "unet": network}), [generator], seen.append):
        scheduler.set_timesteps(STEPS, **({"intermediate_timesteps": None} if case.oracle is angles else {}))
        timesteps = scheduler.timesteps
        x_t = noised(case, scheduler, torch.randn(LATENTS, generator=generator))
        drawn = {"generator": generator} if "generator" in inspect.signature(scheduler.step).parameters else {}
        for timestep in timesteps[:-1] if case.oracle in (wuerstchen, angles) else timesteps:
            given = scheduler.scale_model_input(x_t, timestep) if hasattr(scheduler, "scale_model_input") else x_t
            at = timestep[None] if isinstance(scheduler, diffusers.DDPMWuerstchenScheduler) else timestep
            x_t = scheduler.step(network(given, float(timestep)), at, x_t, **drawn)[0]
    return seen


def noised(case: Case, scheduler: Any, noise: torch.Tensor) -> torch.Tensor:
    """The picture with as much noise as there is at the first timestep."""
    picture, first = PICTURE * case.scale, float(scheduler.timesteps[0])
    if case.oracle is unlike:
        return noise
    if case.oracle is flow:
        return (1 - first / 1000) * picture + first / 1000 * noise
    if case.oracle is angles:
        return math.cos(first) * picture + math.sin(first) * noise
    if float(scheduler.init_noise_sigma) > 1:
        return picture + float(scheduler.sigmas[0]) * noise
    signal = 0.01 if case.oracle is wuerstchen else float(ALPHAS[int(first)]) ** 0.5
    return signal * picture + (1 - signal**2) ** 0.5 * noise


class Network(torch.nn.Module):
    def __init__(self, oracle: Oracle) -> None:
        super().__init__()
        self._oracle = oracle

    def forward(self, given: torch.Tensor, timestep: float) -> torch.Tensor:
        return self._oracle(given, timestep)

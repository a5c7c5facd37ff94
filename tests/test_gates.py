"""A stop takes effect inside a step, in every model, and costs no time otherwise."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

from desktop.diffusion import gates
from desktop.diffusion.control import Control, Stop
from desktop.diffusion.gates import Gates
from tests import tiny
from tests.clock import Clock

torch.set_num_threads(1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(gates, "time", clock)
    return clock


class Slow(torch.nn.Module):
    """One operation that takes its time."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self.clock, self.seconds = clock, seconds

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.clock.sleep(self.seconds)
        return x


class Wrapped(torch.nn.Module):
    """A block that no container announces."""

    def __init__(self, *parts: torch.nn.Module) -> None:
        super().__init__()
        self.parts = torch.nn.Sequential(*parts)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.parts(x)


class Late(torch.nn.Module):
    """Works by itself before its part begins."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock, self.part = clock, torch.nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.clock.sleep(0.06)
        return self.part(x)


def hooks(model: torch.nn.Module) -> int:
    return sum(len(module._forward_pre_hooks) + len(module._forward_hooks) for module in model.modules())


def stop_after(clock: Clock, control: Control, seconds: float) -> list[float]:
    """When the stop was asked for, once it was."""
    asked: list[float] = []
    clock.after(seconds, lambda: (asked.append(clock.now), control.stop()))
    return asked


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4])
@pytest.mark.parametrize("earlier_calls", [0, 1])
def test_a_call_of_seconds_stops_within_a_fifth_of_one(clock: Clock, earlier_calls: int, seconds: float) -> None:
    fast = [Slow(clock, 0.01) for _ in range(5)]
    slowest = Wrapped(*(Slow(clock, 0.03) for _ in range(40)))
    model = Wrapped(*fast, Wrapped(*(Slow(clock, 0.02) for _ in range(10)), slowest))
    control = Control()
    with Gates([model], control):
        for _ in range(earlier_calls):
            model(torch.zeros(1))
        asked = stop_after(clock, control, seconds)
        with pytest.raises(Stop):
            model(torch.zeros(1))
        assert clock.now - asked[0] < 0.2


def test_a_model_that_becomes_slow_gets_its_gates_back(clock: Clock) -> None:
    parts = [Slow(clock, 0.001) for _ in range(30)]
    model, control = Wrapped(*parts), Control()
    with Gates([model], control):
        for _ in range(2):
            model(torch.zeros(1))
        for part in parts:
            part.seconds = 0.04
        model(torch.zeros(1))
        asked = stop_after(clock, control, 0.3)
        with pytest.raises(Stop):
            model(torch.zeros(1))
        assert clock.now - asked[0] < 0.2


def test_a_fast_model_keeps_only_its_own_gate_and_a_slow_one_few(clock: Clock) -> None:
    fast, slow = Wrapped(*(torch.nn.Identity() for _ in range(100))), Wrapped(*(Slow(clock, 0.004) for _ in range(100)))
    with Gates([fast, slow], Control()):
        for model in (fast, slow):
            model(torch.zeros(1))
        assert hooks(fast) == 2
        assert 7 <= hooks(slow) <= 15
    assert hooks(fast) == hooks(slow) == 0


def test_what_is_known_of_a_model_is_used_again_for_inputs_of_the_same_shape(clock: Clock) -> None:
    model, control = Wrapped(*(Slow(clock, 0.004) for _ in range(50))), Control()
    with Gates([model], control):
        model(torch.zeros(1))
        kept = hooks(model)
    with Gates([model], control):
        assert hooks(model) == 2
        counted: list[int] = []
        watch = model.parts[-1].register_forward_pre_hook(lambda *_: counted.append(hooks(model) - 1))
        model(torch.zeros(1))
        model(torch.zeros(1))
        watch.remove()
        assert counted == [kept, kept]
    with Gates([model], control):
        model(torch.zeros(2))  # measured again
        assert hooks(model) > 2
    assert hooks(model) == 0


@pytest.mark.slow
def test_what_is_known_of_a_model_does_not_keep_it_in_memory(clock: Clock) -> None:
    model = Late(clock)
    for _ in range(2):
        with Gates([model], Control()):
            model(torch.zeros(1))
            assert hooks(model) == 3  # its own two, and one at its part
    known = weakref.ref(model)
    del model
    gc.collect()
    assert known() is None


def test_a_stop_is_met_in_text_encoder_denoiser_and_decoder_alike() -> None:
    pipeline = tiny.pipeline()
    latents, tokens = torch.randn(1, 4, 8, 8), pipeline.tokenizer("a cat", return_tensors="pt").input_ids
    calls = {
        pipeline.text_encoder: lambda: pipeline.text_encoder(tokens),
        pipeline.unet: lambda: pipeline.unet(latents, 1, encoder_hidden_states=torch.zeros(1, 77, 32)),
        pipeline.vae.decoder: lambda: pipeline.vae.decode(latents),
    }
    for model, call in calls.items():
        control = Control()
        norms = [module for module in model.modules() if isinstance(module, torch.nn.LayerNorm | torch.nn.GroupNorm)]
        stopper = norms[1].register_forward_pre_hook(lambda *_, control=control: control.stop())
        with torch.no_grad():
            with pytest.raises(Stop), Gates([model], control):
                call()
            stopper.remove()
            assert hooks(model) == 0
            call()


def test_an_answer_is_the_same_through_gates() -> None:
    unet = tiny.pipeline().unet
    inputs = (torch.randn(2, 4, 8, 8), torch.tensor(500), torch.randn(2, 77, 32))
    with torch.no_grad():
        expected = unet(*inputs).sample
        with Gates([unet], Control()):
            assert all(torch.equal(unet(*inputs).sample, expected) for _ in range(3))
